"""Relu squared in place of the softmax, and the ways to normalize it.

Axes: b batch, t token (i query, j key), s features of query and key.

References:
    Hua, Dai, Liu, Le, "Transformer Quality in Linear Time", ICML 2022,
    arXiv:2202.10447.
    So et al., "Primer", NeurIPS 2021, arXiv:2109.08668 (relu squared).
"""

import math

import torch
from torch import Tensor

from .chunked import relu2

NORMS = ("n", "ns", "row", "softmax")


# --8<-- [start:weights]
def attention_weights(
    query: Tensor,
    key: Tensor,
    causal: bool,
    norm: str = "n",
    bias: Tensor | float = 0.0,
    base_length: int | None = None,
) -> Tensor:
    """Weights P of a single head, in one of four normalizations.

    With scores S = query key^T and T tokens: ``"n"`` relu^2(S / T + bias), the
    paper's; ``"ns"`` relu^2(S / sqrt(s) + bias) / T; ``"row"`` relu^2(S / sqrt(s) +
    bias) divided by its row sum, rows of zeros staying zero; ``"softmax"``
    softmax(S / sqrt(s) + bias).

    Args:
        query, key: shape (..., t, s).
        causal: token i sees only tokens j <= i.
        norm: one of ``NORMS``.
        bias: broadcasts to shape (..., t, t).
        base_length: for ``"softmax"``: multiply the scores of a row that sees m keys
            by ln(m) / ln(base_length); None means 1.

    Returns:
        Shape (..., t, t).

    Raises:
        ValueError: if shapes differ, norm is unknown, or base_length is below 2 or
            given with another norm.
    """
    if query.shape != key.shape or query.ndim < 2 or 0 in query.shape:
        shapes = f"{tuple(query.shape)} and {tuple(key.shape)}"
        raise ValueError(
            f"query and key must share one shape (..., t, s), got {shapes}"
        )
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {NORMS}, got {norm!r}")
    if base_length is not None and (norm != "softmax" or base_length < 2):
        raise ValueError(
            f"base_length must be None, or >= 2 with norm 'softmax', got {base_length} "
            f"with {norm!r}"
        )
    tokens, features = query.shape[-2:]
    scores = query @ key.mT
    seen = torch.ones(tokens, tokens, dtype=torch.bool, device=query.device)
    if causal:
        seen = seen.tril()
    if norm == "n":
        return relu2(scores / tokens + bias) * seen
    scores = scores / math.sqrt(features)
    if norm == "softmax":
        if base_length is not None:
            keys = seen.sum(-1, keepdim=True).to(scores.dtype)
            scores = scores * (keys.log() / math.log(base_length))
        return (scores + bias).masked_fill(~seen, -math.inf).softmax(-1)
    weights = relu2(scores + bias) * seen
    if norm == "ns":
        return weights / tokens
    total = weights.sum(-1, keepdim=True)
    return weights / total.masked_fill(total == 0, 1)
    # --8<-- [end:weights]
