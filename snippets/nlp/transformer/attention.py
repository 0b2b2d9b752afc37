"""Scaled dot-product attention, and several of it side by side.

Axes: b batch, h head, t token (query side), s token (key side), d feature, v value
feature. A stream of tokens is (b, t, d), heads are (b, h, t, d / n_heads). In a boolean
mask True means: may be read.

Reference:
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.
"""

import math

import torch
from torch import Tensor

from ._checks import _check_float, _integer, _wide


# --8<-- [start:mask]
def causal_mask(t: int, s: int, device: torch.device | None = None) -> Tensor:
    """True where query i may read key j, j <= i; counted from the top left.

    Args:
        t, s: number of queries and of keys, both >= 0.
        device: where the mask is made.

    Returns:
        Boolean, shape (t, s). If s > t, the last s - t keys are read by no query.

    Raises:
        ValueError: if a number is not an integer >= 0.
    """
    t, s = _integer("t", t, 0), _integer("s", s, 0)
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
    kind, (q, k, v) = q.dtype, _wide(q, k, v)
    scores = (q / math.sqrt(q.shape[-1])) @ k.mT
    weights = scores.masked_fill(~keep, -math.inf).softmax(-1)
    return (weights @ v).to(kind)
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
    _check_float("x", x, (None, None, None))
    batch, _, d = x.shape
    memory = x if memory is None else memory
    _check_float("memory", memory, (batch, None, d), x.dtype)
    n_heads = _integer("n_heads", n_heads, 1)
    if d < 1 or d % n_heads:
        raise ValueError(f"n_heads must divide d = {d}, got {n_heads}")
    _check_float("w_qkv", w_qkv, (3 * d, d), x.dtype)
    _check_float("b_qkv", b_qkv, (3 * d,), x.dtype)
    _check_float("w_o", w_o, (d, d), x.dtype)
    _check_float("b_o", b_o, (d,), x.dtype)
    kind, heads = x.dtype, []
    x, memory, w_qkv, b_qkv, w_o, b_o = _wide(x, memory, w_qkv, b_qkv, w_o, b_o)
    sources = (x, memory, memory)
    for source, w, b in zip(sources, w_qkv.chunk(3), b_qkv.chunk(3), strict=True):
        projected = source @ w.T + b
        heads.append(projected.unflatten(-1, (n_heads, -1)).transpose(1, 2))
    out = sdpa(*heads, mask=mask, causal=causal)  # (b, h, t, d / n_heads)
    return (out.transpose(1, 2).flatten(2) @ w_o.T + b_o).to(kind)
    # --8<-- [end:heads]


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
    # Without a mask every query may read key 0, if there is one.
    if size[1] == 0 or (mask is not None and not keep.any(-1).all()):
        raise ValueError("every query must have a key to read, got a row without one")
    return keep
