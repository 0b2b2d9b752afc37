"""Relu squared in place of the softmax, and the ways to normalize it.

Axes: b batch, t token (i query, j key), s features of query and key. 16-bit inputs are
computed in float32 and rounded once, at the end.

References:
    Hua, Dai, Liu, Le, "Transformer Quality in Linear Time", ICML 2022,
    arXiv:2202.10447.
    So et al., "Primer", NeurIPS 2021, arXiv:2109.08668 (relu squared).
    Su, kexue.fm/archives/9019, 2022 (``"ns"``, and scores that grow with ln T).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, integer, wide
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

    With scores S = query key^T and T tokens: ``"n"`` relu^2(S / T + bias); ``"ns"``
    relu^2(S / sqrt(s) + bias) / T; ``"row"`` relu^2(S / sqrt(s) + bias) divided by its
    row sum, rows of zeros staying zero; ``"softmax"`` softmax(S / sqrt(s) + bias).

    Args:
        query, key: shape (..., t, s).
        causal: token i sees only tokens j <= i.
        norm: one of ``NORMS``.
        bias: broadcasts to shape (..., t, t).
        base_length: for ``"softmax"``: multiply the scores of a row that sees m keys
            by ln(m) / ln(base_length); None means 1.

    Returns:
        Shape (..., t, t), type of the query.

    Raises:
        ValueError: if shapes or types differ, norm is unknown, or base_length is no
            integer >= 2 or given with another norm.
    """
    base_length = _check(query, key, norm, bias, base_length)
    tokens, features = query.shape[-2:]
    scores = query.to(wide(query)) @ key.to(wide(query)).mT
    unseen = torch.ones(tokens, tokens, dtype=torch.bool, device=query.device).triu(1)
    if not causal:
        unseen = torch.zeros_like(unseen)
    if norm == "n":
        weights = relu2(scores / tokens + bias).masked_fill(unseen, 0)
        return weights.to(query.dtype)
    scores = scores / math.sqrt(features)
    if norm == "softmax":
        if base_length is not None:
            keys = (~unseen).sum(-1, keepdim=True).to(scores.dtype)
            scores = scores * (keys.log() / math.log(base_length))
        weights = (scores + bias).masked_fill(unseen, -math.inf).softmax(-1)
    elif norm == "ns":
        weights = relu2(scores + bias).masked_fill(unseen, 0) / tokens
    else:
        kept = F.relu(scores + bias).masked_fill(unseen, 0)
        # The largest becomes 1, so that no square leaves the range. It cancels.
        largest = kept.detach().amax(-1, keepdim=True)
        kept = kept / largest.masked_fill(largest == 0, 1)
        total = kept.square().sum(-1, keepdim=True)
        weights = kept.square() / total.masked_fill(total == 0, 1)
    return weights.to(query.dtype)
    # --8<-- [end:weights]


def _check(
    query: Tensor,
    key: Tensor,
    norm: str,
    bias: Tensor | float,
    base_length: int | None,
) -> int | None:
    floating(query=query, key=key)
    if query.shape != key.shape or query.ndim < 2 or 0 in query.shape:
        shapes = f"{tuple(query.shape)} and {tuple(key.shape)}"
        raise ValueError(
            f"query and key must share one shape (..., t, s), got {shapes}"
        )
    base_length = check_norm(norm, base_length)
    whole = (*query.shape[:-1], query.shape[-2])  # (..., t, t)
    given = tuple(bias.shape) if isinstance(bias, Tensor) else ()
    fits = (a in (1, b) for a, b in zip(given[::-1], whole[::-1], strict=False))
    if len(given) > len(whole) or not all(fits):
        raise ValueError(f"bias must broadcast to {whole}, got {given}")
    return base_length


def check_norm(norm: str, base_length: int | None) -> int | None:
    """Refuse an unknown norm, or a base_length that does not go with it."""
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {NORMS}, got {norm!r}")
    if base_length is None:
        return None
    if norm != "softmax":
        got = f"{base_length} with {norm!r}"
        raise ValueError(f"base_length goes with norm 'softmax' only, got {got}")
    return integer("base_length", base_length, 2)
