"""Attention with any similarity, and one whose sums need no T^2 pairs.

Axes: t token of the query, s token of the key, d feature of query and key, v feature
of the value; "..." is batch and head.

References:
    Wang, Girshick, Gupta, He, "Non-local Neural Networks", CVPR 2018, arXiv:1711.07971.
    Li, Su, Duan, Zheng, "Linear Attention Mechanism", 2020, arXiv:2007.14902 (Taylor).
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import _integer
from .blocks import _checked


# --8<-- [start:similarity]
def similarity_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    sim: Callable[[Tensor, Tensor], Tensor],
    causal: bool = False,
) -> Tensor:
    """Means of the values weighted by any similarity >= 0, the quadratic way.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d); s = t if causal.
        v: shape (..., s, v).
        sim: (..., t, d) and (..., s, d) to (..., t, s), nowhere negative; called with
            float32 at least.
        causal: keys j <= i only.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or types disagree, a similarity is negative or not
            finite, or those of a query sum to 0 or to more than the type can hold.
    """
    kind, (q, k, v) = q.dtype, _checked(q, k, v, same_length=causal)
    weights = sim(q, k)
    if weights.shape != (*q.shape[:-1], k.shape[-2]):
        want, got = (*q.shape[:-1], k.shape[-2]), tuple(weights.shape)
        raise ValueError(f"sim must return shape {want}, got {got}")
    if not (weights.isfinite() & (weights >= 0)).all():
        raise ValueError(f"sim must be finite and >= 0, got {weights.min().item()}")
    if causal:
        weights = weights.tril()
    total = weights.sum(-1, keepdim=True)
    if not (total.isfinite() & (total > 0)).all():
        got = "0" if (total == 0).any() else "inf"
        want = "the weights of every query must have a finite sum > 0"
        raise ValueError(f"{want}, got {got}")
    return ((weights / total) @ v).to(kind)
    # --8<-- [end:similarity]


# --8<-- [start:taylor]
def taylor_similarity(q: Tensor, k: Tensor) -> Tensor:
    """1 + cos(q, k) >= 0: e^x to first order, the vectors scaled to length 1 first.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d).

    Returns:
        Shape (..., t, s).

    Raises:
        ValueError: if shapes or types disagree.
    """
    kind, (q, k, _) = q.dtype, _checked(q, k, k)
    return (1 + _unit(q) @ _unit(k).mT).clamp(min=0).to(kind)  # rounding: -1e-16


def taylor_attention(
    q: Tensor, k: Tensor, v: Tensor, causal: bool = False, chunk: int = 64
) -> Tensor:
    """``similarity_attention`` with ``taylor_similarity``, in O(t d v).

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d); s = t if causal.
        v: shape (..., s, v).
        causal: keys j <= i only.
        chunk: tokens handled at once when causal; it changes cost only.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or types disagree, chunk < 1, or the weights of a query
            sum to 0 within rounding (every key it sees points the other way).
    """
    kind, (q, k, v) = q.dtype, _checked(q, k, v, same_length=causal)
    chunk = _integer("chunk", chunk, 1)
    # A feature of 1 makes the 1 of 1 + cos; a value of 1 sums up the weights.
    q, k = (torch.cat([torch.ones_like(x[..., :1]), _unit(x)], -1) for x in (q, k))
    v = torch.cat([v, torch.ones_like(v[..., :1])], -1)
    if not causal:
        sums = q @ (k.mT @ v)
    else:
        state, outputs = k.new_zeros(*k.shape[:-2], k.shape[-1], v.shape[-1]), []
        for q_c, k_c, v_c in zip(*(x.split(chunk, -2) for x in (q, k, v))):
            outputs.append(q_c @ state + (q_c @ k_c.mT).tril() @ v_c)
            state = state + k_c.mT @ v_c
        sums = torch.cat(outputs, -2)
    seen = torch.full((q.shape[-2],), k.shape[-2], device=q.device)
    if causal:  # row i sums i + 1 weights: its rounding, not that of the longest sum
        seen = torch.arange(1, q.shape[-2] + 1, device=q.device)
    # A sum of n numbers, one after the other, may be off by n roundings of n.
    rounding = torch.finfo(v.dtype).eps * seen * (16 + seen / 4)
    if (sums[..., -1] <= rounding).any():
        raise ValueError("the weights of every query must have a sum > 0, got about 0")
    return (sums[..., :-1] / sums[..., -1:]).to(kind)
    # --8<-- [end:taylor]


def _unit(x: Tensor) -> Tensor:
    """x / |x| over the last axis, 0 for 0, safe at any magnitude."""
    largest = x.detach().abs().amax(-1, keepdim=True)
    x = x / largest.masked_fill(largest == 0, 1)
    return x / x.norm(dim=-1, keepdim=True).clamp(min=1)  # the norm is >= 1, or 0
