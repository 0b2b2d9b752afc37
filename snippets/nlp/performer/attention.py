"""Attention by random features, in linear time: sums over the keys, chunk by chunk.

A sum over keys is kept relative to the largest exponent so far, for each feature alone.
So no exponential overflows and no denominator underflows, whatever key comes later.

Axes, in shapes: t token of a query, s token of a key, d feature of a head, v feature
of a value, m feature of the map, c position inside a chunk; ``...`` batch and head.

Reference:
    Choromanski et al., "Rethinking Attention with Performers", ICLR 2021,
    arXiv:2009.14794.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ._checks import _integer
from .features import _check_features


# --8<-- [start:attention]
class FavorState(NamedTuple):
    """All that the keys seen so far leave behind; its size does not grow with them."""

    peak: Tensor  # (..., m): each feature's largest exponent so far
    sums: Tensor  # (..., m, v + 1): sum of e^(exponent - peak) times (value, 1)


def favor_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    W: Tensor,
    causal: bool = False,
    chunk_size: int = 128,
    hyperbolic: bool = False,
) -> Tensor:
    """Attention with weights from random features, in time linear in t and s.

    Args:
        q: shape (..., t, d), not yet scaled.
        k: shape (..., s, d); s = t if causal.
        v: shape (..., s, v).
        W: random directions, shape (m, d), the same for all queries and keys.
        causal: token i sees tokens j <= i only.
        chunk_size: tokens whose weights are held at once; used if causal.
        hyperbolic: use -W beside W, which makes two features of each direction.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or dtypes disagree, an axis is empty, a number, a squared
            norm, or a product with W is not finite, or chunk_size no integer >= 1.
    """
    _check_attention(q, k, v, causal)
    kind, chunk_size = q.dtype, _integer("chunk_size", chunk_size, 1)
    a, e = (_exponents(x, W, hyperbolic) for x in (q, k))
    v = v.to(a.dtype)
    # A column of ones beside the values adds up the weights in the same products.
    v = torch.cat([v, torch.ones_like(v[..., :1])], dim=-1)
    if not causal:
        return _read(_extended(None, e, v), a).to(kind)
    state, outputs = None, []
    for part in zip(*(x.split(chunk_size, dim=-2) for x in (a, e, v))):
        state, output = _chunk(state, *part)
        outputs.append(output)
    return torch.cat(outputs, dim=-2).to(kind)


def _extended(state: FavorState | None, e: Tensor, v: Tensor) -> FavorState:
    """The state after more keys: exponents e (..., c, m), values v (..., c, v + 1)."""
    peak = e.detach().amax(-2)
    if state is not None:
        peak = torch.maximum(peak, state.peak)
    sums = (e - peak[..., None, :]).exp().mT @ v
    if state is not None:
        sums = sums + (state.peak - peak).exp()[..., None] * state.sums
    return FavorState(peak, sums)


def _read(state: FavorState, a: Tensor) -> Tensor:
    """Outputs of queries with exponents a (..., c, m) that see the whole state."""
    exponent = a + state.peak[..., None, :]
    top = exponent.detach().amax(-1, keepdim=True)
    sums = (exponent - top).exp() @ state.sums  # the largest feature adds 1 or more
    return sums[..., :-1] / sums[..., -1:]
    # --8<-- [end:attention]


# --8<-- [start:chunk]
def _chunk(
    state: FavorState | None, a: Tensor, e: Tensor, v: Tensor
) -> tuple[FavorState, Tensor]:
    """The state after a chunk, and outputs of its queries, which see j <= i."""
    after = _extended(state, e, v)
    peak = after.peak[..., None, :]
    seen = e.detach().cummax(-2).values
    if state is not None:
        seen = torch.maximum(seen, state.peak[..., None, :])
    top = (a.detach() + peak).amax(-1, keepdim=True)
    own = (a.detach() + seen).amax(-1, keepdim=True)
    # Relative to the whole chunk's peak an early token's weights might underflow.
    if e.shape[-2] > 1 and (top - own).max() > -0.6 * math.log(
        torch.finfo(e.dtype).tiny
    ):
        outputs = []
        for half in zip(*(x.split(-(-e.shape[-2] // 2), dim=-2) for x in (a, e, v))):
            state, output = _chunk(state, *half)
            outputs.append(output)
        return state, torch.cat(outputs, dim=-2)
    phi_q, phi_k = (a + peak - top).exp(), (e - peak).exp()
    sums = (phi_q @ phi_k.mT).tril() @ v  # (..., c, c): inside the chunk
    if state is not None:  # (..., m, v + 1): all earlier chunks
        sums = sums + (phi_q * (state.peak[..., None, :] - peak).exp()) @ state.sums
    return after, sums[..., :-1] / sums[..., -1:]
    # --8<-- [end:chunk]


def favor_step(
    state: FavorState | None, q: Tensor, k: Tensor, v: Tensor, W: Tensor
) -> tuple[FavorState, Tensor]:
    """One token of decoding, O(m (d + v)): q, k (..., d), v and output (..., v).

    Args:
        state: what the earlier tokens left, or None before the first.
        q, k, v: of the new token, not yet scaled.
        W: as in ``favor_attention``, the same in all steps.

    Returns:
        The state after the token, and what the token reads, itself included.

    Raises:
        ValueError: as ``favor_attention``, or if the state is of other shapes or dtype.
    """
    q, k, v = (x[..., None, :] if x.ndim else x for x in (q, k, v))
    _check_attention(q, k, v, True)
    kind = q.dtype
    a, e = (_exponents(x, W, False) for x in (q, k))
    v = torch.cat([v.to(a.dtype), torch.ones_like(a[..., :1])], dim=-1)
    if state is not None:
        want = [(*e.shape[:-2], e.shape[-1]), (*e.shape[:-2], e.shape[-1], v.shape[-1])]
        got = [tuple(x.shape) for x in state]
        if want != got or any(x.dtype != e.dtype for x in state):
            types = [x.dtype for x in state]
            raise ValueError(f"need a state of {e.dtype} {want}, got {types} {got}")
        state = FavorState(*state)
    state, output = _chunk(state, a, e, v)
    return state, output[..., 0, :].to(kind)


def _exponents(x: Tensor, W: Tensor, hyperbolic: bool) -> Tensor:
    """Logarithms of features of d^(-1/4) x, but for a constant; float32 at least."""
    _check_features(x, W)
    wide = torch.promote_types(x.dtype, torch.float32)
    # The root on both sides: the scores are q . k / sqrt(d).
    x, W = x.to(wide) * x.shape[-1] ** -0.25, W.to(wide)
    z = x @ W.mT
    z = torch.cat([z, -z], dim=-1) if hyperbolic else z
    exponent = z - x.square().sum(-1, keepdim=True) / 2
    if not exponent.isfinite().all():
        raise ValueError("W x and squared norms of q and k must be finite, got inf")
    return exponent


def _check_attention(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> None:
    tensors = (q, k, v)
    agree = all(x.ndim >= 2 and x.shape[:-2] == q.shape[:-2] for x in tensors)
    agree = agree and q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2]
    if not agree or 0 in v.shape or (causal and q.shape[-2] != k.shape[-2]):
        need = "q (..., t, d), k (..., s, d), v (..., s, v), t = s if causal"
        shapes = ", ".join(str(tuple(x.shape)) for x in tensors)
        raise ValueError(f"need {need}; got {shapes}")
    if v.dtype != q.dtype or not v.isfinite().all():
        raise ValueError(f"v must be finite and {q.dtype}, got {v.dtype} or not finite")
