"""Attention lets every token read every other in one step; a Transformer layer is
attention, then the same small network for each token, each added to its input.

Axes: b batch, h head, t token (query side), s token (key side), d feature, v value
feature, f hidden feature of the feed-forward network. A stream of tokens is (b, t, d),
heads are (b, h, t, d / n_heads). In a boolean mask True means: may be read.

References:
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.
    Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020,
    arXiv:2002.04745 (``norm_first``).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from snippets.nlp.transformer_recurrent import check_float
from snippets.nlp.transformer_recurrent import gru_cell as gru_cell
from snippets.nlp.transformer_recurrent import lstm_cell as lstm_cell
from snippets.nlp.transformer_recurrent import rnn_forward as rnn_forward


# --8<-- [start:mask]
def causal_mask(t: int, s: int, device: torch.device | None = None) -> Tensor:
    """True where query i may read key j, j <= i; counted from the top left.

    Args:
        t, s: number of queries and of keys, both >= 0.
        device: where the mask is made.

    Returns:
        Boolean, shape (t, s). If s > t, the last s - t keys are read by no query.

    Raises:
        ValueError: if a number is negative.
    """
    if t < 0 or s < 0:
        raise ValueError(f"t and s must be >= 0, got {t} and {s}")
    return torch.ones(t, s, dtype=torch.bool, device=device).tril()
    # --8<-- [end:mask]


# --8<-- [start:sdpa]
def sdpa(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, causal: bool = False
) -> Tensor:
    """softmax(q k^T / sqrt(d)) v: each query's weighted average of the values.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d), same leading axes as q.
        v: shape (..., s, v), same leading axes as q.
        mask: boolean, broadcastable to (..., t, s), True = may be read.
        causal: allow only j <= i as well, as in ``causal_mask``.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or types disagree, the mask is not boolean, or a query may
            read no key: its softmax would be 0 / 0.
    """
    keep = _keep(q, k, v, mask, causal)
    scores = (q / math.sqrt(q.shape[-1])) @ k.mT
    weights = scores.masked_fill(~keep, -math.inf).softmax(-1)
    return weights @ v
    # --8<-- [end:sdpa]


# --8<-- [start:heads]
def multi_head_attention(
    x: Tensor,
    w_qkv: Tensor,
    b_qkv: Tensor,
    w_o: Tensor,
    b_o: Tensor,
    n_heads: int,
    mask: Tensor | None = None,
    causal: bool = False,
    memory: Tensor | None = None,
) -> Tensor:
    """Attention in n_heads slices of the features, then one linear map.

    Args:
        x: shape (b, t, d); gives the queries.
        w_qkv: shape (3d, d), blocks: query, key, value.
        b_qkv: shape (3d,), same order.
        w_o: shape (d, d).
        b_o: shape (d,).
        n_heads: must divide d.
        mask: boolean, broadcastable to (b, h, t, s), True = may be read.
        causal: as in ``sdpa``.
        memory: shape (b, s, d), gives keys and values; None means x (self-attention).

    Returns:
        Shape (b, t, d).

    Raises:
        ValueError: if a shape or type does not fit, or as ``sdpa``.
    """
    check_float("x", x, (None, None, None))
    batch, _, d = x.shape
    memory = x if memory is None else memory
    check_float("memory", memory, (batch, None, d), x.dtype)
    if n_heads < 1 or d < 1 or d % n_heads:
        raise ValueError(f"n_heads must divide d = {d}, got {n_heads}")
    check_float("w_qkv", w_qkv, (3 * d, d), x.dtype)
    check_float("b_qkv", b_qkv, (3 * d,), x.dtype)
    check_float("w_o", w_o, (d, d), x.dtype)
    check_float("b_o", b_o, (d,), x.dtype)
    heads = []
    sources = (x, memory, memory)
    for source, w, b in zip(sources, w_qkv.chunk(3), b_qkv.chunk(3), strict=True):
        projected = source @ w.T + b
        heads.append(projected.unflatten(-1, (n_heads, -1)).transpose(1, 2))
    out = sdpa(*heads, mask=mask, causal=causal)  # (b, h, t, d / n_heads)
    return out.transpose(1, 2).flatten(2) @ w_o.T + b_o
    # --8<-- [end:heads]


# --8<-- [start:pe]
def sinusoidal_pe(t: int, d: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Sines in even features, cosines in odd ones, of i * 10000^(-2g / d) for pair g.

    Args:
        t: number of positions i = 0, 1, ..., t - 1.
        d: features; even, since they come in pairs.
        dtype: of the result. Angles are float64: float32 ones go wrong for large i.

    Returns:
        Shape (t, d).

    Raises:
        ValueError: if t is negative, d is not even and positive, or dtype not floating.
    """
    if t < 0 or d < 2 or d % 2 or not dtype.is_floating_point:
        want = "t must be >= 0, d even and >= 2, dtype floating point"
        raise ValueError(f"{want}, got {t}, {d}, {dtype}")
    frequency = 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.arange(t, dtype=torch.float64)[:, None] * frequency
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1).to(dtype)
    # --8<-- [end:pe]


class EncoderParams(NamedTuple):
    """The twelve tensors of an encoder layer, and its number of heads."""

    w_qkv: Tensor  # (3d, d)
    b_qkv: Tensor  # (3d,)
    w_o: Tensor  # (d, d)
    b_o: Tensor  # (d,)
    w_1: Tensor  # (f, d)
    b_1: Tensor  # (f,)
    w_2: Tensor  # (d, f)
    b_2: Tensor  # (d,)
    gain_1: Tensor  # (d,), normalization at the attention
    shift_1: Tensor  # (d,)
    gain_2: Tensor  # (d,), normalization at the feed-forward network
    shift_2: Tensor  # (d,)
    n_heads: int


# --8<-- [start:layer]
def encoder_layer(
    x: Tensor,
    params: EncoderParams,
    norm_first: bool,
    mask: Tensor | None = None,
    causal: bool = False,
) -> Tensor:
    """Attention and a feed-forward network, each added to the stream and normalized.

    Args:
        x: shape (b, t, d).
        params: weights of the layer.
        norm_first: False is post-LN, norm(x + f(x)), as in the paper; True is pre-LN,
            x + f(norm(x)): the stream itself is never normalized.
        mask, causal: as in ``multi_head_attention``.

    Returns:
        Shape (b, t, d).

    Raises:
        ValueError: if a shape or type does not fit, or as ``multi_head_attention``.
    """
    p = params
    _check_params(x, p)

    def attend(y: Tensor) -> Tensor:
        weights = (p.w_qkv, p.b_qkv, p.w_o, p.b_o)
        return multi_head_attention(y, *weights, p.n_heads, mask, causal)

    def feed_forward(y: Tensor) -> Tensor:  # for each token alone
        return (y @ p.w_1.T + p.b_1).relu() @ p.w_2.T + p.b_2

    if norm_first:
        x = x + attend(_norm(x, p.gain_1, p.shift_1))
        return x + feed_forward(_norm(x, p.gain_2, p.shift_2))
    x = _norm(x + attend(x), p.gain_1, p.shift_1)
    return _norm(x + feed_forward(x), p.gain_2, p.shift_2)
    # --8<-- [end:layer]


# --8<-- [start:count]
def layer_parameters(d: int, hidden: int, cross: bool = False) -> int:
    """Parameters of an encoder layer, or with ``cross`` of a decoder layer.

    Args:
        d: model width.
        hidden: width inside the feed-forward network.
        cross: add a second attention, which reads the encoder, and its normalization.

    Raises:
        ValueError: if a width is below 1.
    """
    if d < 1 or hidden < 1:
        raise ValueError(f"d and hidden must be >= 1, got {d} and {hidden}")
    attention = 4 * d * d + 4 * d  # whatever the number of heads
    feed_forward = 2 * d * hidden + hidden + d
    norm = 2 * d
    return (1 + cross) * (attention + norm) + feed_forward + norm
    # --8<-- [end:count]


def _norm(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """Layer normalization over the features of each token, epsilon 1e-5."""
    x = x - x.mean(-1, keepdim=True)
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain + shift


def _keep(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
    """Check the arguments of ``sdpa``; return which scores count, True = keep."""
    shapes = ", ".join(str(tuple(x.shape)) for x in (q, k, v))
    if not q.is_floating_point() or not q.dtype == k.dtype == v.dtype:
        types = f"{q.dtype}, {k.dtype}, {v.dtype}"
        raise ValueError(f"q, k, v must share one floating point type, got {types}")
    if min(q.ndim, k.ndim, v.ndim) < 2 or not (
        q.shape[:-2] == k.shape[:-2] == v.shape[:-2]
    ):
        raise ValueError(f"q, k, v must be (..., token, feature) alike, got {shapes}")
    if q.shape[-1] != k.shape[-1] or q.shape[-1] < 1:
        raise ValueError(f"q and k must have the same features, >= 1, got {shapes}")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"k and v must have the same length, got {shapes}")
    size = (q.shape[-2], k.shape[-2])
    keep = torch.ones(size, dtype=torch.bool, device=q.device)
    if causal:
        keep = causal_mask(*size, device=q.device)
    if mask is not None:
        if mask.dtype != torch.bool:
            raise ValueError(f"mask must be boolean, got {mask.dtype}")
        full = (*q.shape[:-2], *size)
        same = (m in (1, n) for m, n in zip(mask.shape[::-1], full[::-1], strict=False))
        if mask.ndim > len(full) or not all(same):
            got = tuple(mask.shape)
            raise ValueError(f"mask must broadcast to {full}, got {got}")
        keep = keep & mask
    if not keep.any(-1).all():
        raise ValueError("every query must have a key to read, got a row without one")
    return keep


def _check_params(x: Tensor, p: EncoderParams) -> None:
    """Check what ``multi_head_attention`` does not."""
    check_float("x", x, (None, None, None))
    d = x.shape[2]
    check_float("w_1", p.w_1, (None, d), x.dtype)
    check_float("b_1", p.b_1, (p.w_1.shape[0],), x.dtype)
    check_float("w_2", p.w_2, (d, p.w_1.shape[0]), x.dtype)
    for name in ("b_2", "gain_1", "shift_1", "gain_2", "shift_2"):
        check_float(name, getattr(p, name), (d,), x.dtype)
