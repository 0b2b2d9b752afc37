"""Linformer: fewer keys, each a fixed mixture of all tokens.

Axes: t token of the query, s token of the key, d feature of query and key, v feature
of the value, r row of a projection of the tokens; "..." is batch and head.

Reference:
    Wang, Li, Khabsa, Fang, Ma, "Linformer", 2020, arXiv:2006.04768.
"""

import math

from torch import Tensor

from .blocks import _checked


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
    kind, (q, k, v) = q.dtype, _checked(q, k, v)
    tokens = k.shape[-2]
    for name, x in (("E", E), ("F", F)):
        if x.ndim != 2 or x.shape[1] != tokens or x.shape != E.shape or len(x) == 0:
            want = f"{name} must have shape (r, {tokens}), r >= 1 the same in E and F"
            raise ValueError(f"{want}, got {tuple(x.shape)}")
        if x.dtype != kind:
            raise ValueError(f"{name} must be {kind}, as q, k, v, got {x.dtype}")
    E, F = E.to(q.dtype), F.to(q.dtype)
    scores = q @ (E @ k).mT / math.sqrt(q.shape[-1])  # (..., t, r)
    return (scores.softmax(-1) @ (F @ v)).to(kind)
    # --8<-- [end:linformer]
