"""Ways to make attention cheaper: fewer pairs, fewer keys, or another similarity.

Softmax attention compares all T^2 pairs of tokens. Sparse patterns are in
``efficient_attention_masks.py``, the code that gains from them in
``efficient_attention_blocks.py``; here are Linformer, attention with any similarity,
and the hashing of Reformer.

Axes: t token of the query, s token of the key, d feature of query and key, v feature
of the value, r row of a projection of the tokens; "..." is batch and head.

References:
    Wang, Li, Khabsa, Fang, Ma, "Linformer", 2020, arXiv:2006.04768.
    Kitaev, Kaiser, Levskaya, "Reformer", ICLR 2020, arXiv:2001.04451.
    Wang, Girshick, Gupta, He, "Non-local Neural Networks", CVPR 2018, arXiv:1711.07971.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from snippets.nlp.efficient_attention_blocks import (
    block_local_attention as block_local_attention,
)
from snippets.nlp.efficient_attention_blocks import check_attention
from snippets.nlp.efficient_attention_blocks import masked_attention as masked_attention
from snippets.nlp.efficient_attention_blocks import sparse_attention as sparse_attention
from snippets.nlp.efficient_attention_masks import atrous_mask as atrous_mask
from snippets.nlp.efficient_attention_masks import hops_to_full as hops_to_full
from snippets.nlp.efficient_attention_masks import local_mask as local_mask
from snippets.nlp.efficient_attention_masks import sparse_mask as sparse_mask


# --8<-- [start:linformer]
def linformer_attention(
    q: Tensor, k: Tensor, v: Tensor, E: Tensor, F: Tensor, causal: bool = False
) -> Tensor:
    """softmax(q (E k)^T / sqrt(d)) (F v): r mixtures of keys instead of all s keys.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d).
        v: shape (..., s, v).
        E, F: projections of the tokens of k and of v, shape (r, s).
        causal: must be False; it is here to be refused.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if causal, since a mixture of all keys holds the future; if E or F
            does not fit the keys; or if shapes or types disagree.
    """
    if causal:
        raise ValueError("causal must be False: E mixes the future into every key")
    check_attention(q, k, v)
    tokens = k.shape[-2]
    for name, x in (("E", E), ("F", F)):
        if x.ndim != 2 or x.shape[1] != tokens or x.shape != E.shape or len(x) == 0:
            want = f"{name} must have shape (r, {tokens}), r >= 1 the same in E and F"
            raise ValueError(f"{want}, got {tuple(x.shape)}")
    scores = q @ (E @ k).mT / math.sqrt(q.shape[-1])  # (..., t, r)
    return scores.softmax(-1) @ (F @ v)
    # --8<-- [end:linformer]


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
        sim: (..., t, d) and (..., s, d) to (..., t, s), nowhere negative.
        causal: keys j <= i only.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or types disagree, a similarity is negative or not
            finite, or those of a query sum to 0.
    """
    check_attention(q, k, v, same_length=causal)
    weights = sim(q, k)
    if weights.shape != (*q.shape[:-1], k.shape[-2]):
        want, got = (*q.shape[:-1], k.shape[-2]), tuple(weights.shape)
        raise ValueError(f"sim must return shape {want}, got {got}")
    if not (weights.isfinite() & (weights >= 0)).all():
        raise ValueError(f"sim must be finite and >= 0, got {weights.min().item()}")
    if causal:
        weights = weights.tril()
    total = weights.sum(-1, keepdim=True)
    if (total == 0).any():
        raise ValueError("the weights of every query must have a sum > 0, got 0")
    return (weights / total) @ v
    # --8<-- [end:similarity]


# --8<-- [start:taylor]
def taylor_similarity(q: Tensor, k: Tensor) -> Tensor:
    """1 + cos(q, k) >= 0: e^x to first order, the vectors scaled to length 1 first."""
    return (1 + _unit(q) @ _unit(k).mT).clamp(min=0)  # rounding can leave -1e-16


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
    check_attention(q, k, v, same_length=causal)
    if chunk < 1:
        raise ValueError(f"chunk must be >= 1, got {chunk}")
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
    seen = k.shape[-2]
    if (sums[..., -1] <= 16 * seen * torch.finfo(v.dtype).eps).any():
        raise ValueError("the weights of every query must have a sum > 0, got about 0")
    return sums[..., :-1] / sums[..., -1:]
    # --8<-- [end:taylor]


# --8<-- [start:lsh]
def lsh_buckets(x: Tensor, n_rot: int, gen: torch.Generator) -> Tensor:
    """Reformer's hash: the nearest of n_rot random directions and their opposites.

    With one direction the bucket is the sign of one product, and two vectors at angle
    theta share it with probability 1 - theta / pi.

    Args:
        x: shared queries and keys, shape (..., t, d). Lengths do not matter.
        n_rot: random directions, >= 1; there are 2 n_rot buckets.
        gen: draws anew for each leading index.

    Returns:
        Integers from 0 to 2 n_rot - 1, shape (..., t).

    Raises:
        ValueError: if n_rot < 1, x is not of floats, or an axis is missing or empty.
    """
    if isinstance(n_rot, bool) or not isinstance(n_rot, int) or n_rot < 1:
        raise ValueError(f"n_rot must be an integer >= 1, got {n_rot!r}")
    if x.ndim < 2 or 0 in x.shape or not x.is_floating_point():
        got = f"{x.dtype} {tuple(x.shape)}"
        raise ValueError(f"need x (..., t, d) of floats, no axis empty, got {got}")
    shape = (*x.shape[:-2], x.shape[-1], n_rot)
    directions = torch.randn(shape, generator=gen, dtype=x.dtype, device=x.device)
    products = x @ directions
    return torch.cat([products, -products], dim=-1).argmax(-1)
    # --8<-- [end:lsh]


def _unit(x: Tensor) -> Tensor:
    """x / |x| over the last axis, 0 for 0, safe at any magnitude."""
    largest = x.detach().abs().amax(-1, keepdim=True)
    x = x / largest.masked_fill(largest == 0, 1)
    return x / x.norm(dim=-1, keepdim=True).clamp(min=1)  # the norm is >= 1, or 0
