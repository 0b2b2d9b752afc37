"""How steep and how spread out attention is: Jacobians, gradients, shares of the mass.

In a Jacobian J the row j is the weight and the column k is the score: J[j, k] is
dp_j / ds_k for one query. Scores are whatever enters the weights, so for linear
attention they are phi(q_i) . phi(k_j), positive. 16-bit inputs are computed in float32
and rounded once, at the end.

Reference:
    Qin et al., "The Devil in Linear Transformer", EMNLP 2022, arXiv:2210.10340.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import floating, integer, positive, wide
from .attention import srms_norm

_RULES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "softmax": lambda s, v, eps: s.softmax(-1) @ v,
    "scaled": lambda s, v, eps: s / s.sum(-1, keepdim=True) @ v,
    "rms": lambda s, v, eps: srms_norm(s @ v, eps),
    "raw": lambda s, v, eps: s @ v,
}


# --8<-- [start:jacobians]
def softmax_jacobian(s: Tensor) -> Tensor:
    """p_j ([j = k] - p_k) for p = softmax(s): never above 1/4 in size.

    Args:
        s: scores of a query, shape (..., s).

    Returns:
        Shape (..., s, s), weight before score.

    Raises:
        ValueError: if there are no scores.
    """
    _check_scores(s)
    p = s.to(wide(s)).softmax(-1)
    return (torch.diag_embed(p) - p[..., :, None] * p[..., None, :]).to(s.dtype)


def scaled_linear_jacobian(s: Tensor) -> Tensor:
    """([j = k] - p_j) / sum(s) for p = s / sum(s): in size at most 1 / (4 s_k).

    Args:
        s: scores of a query, shape (..., s), all above 0 and finite.

    Returns:
        Shape (..., s, s), weight before score.

    Raises:
        ValueError: if there are no scores, or one is not above 0 or not finite.
    """
    _check_scores(s)
    if not ((s > 0) & (s < torch.inf)).all():
        got = f"{s.min().item()} to {s.max().item()}"
        raise ValueError(f"scores must be > 0 and finite, got {got}")
    scores = s.to(wide(s))
    total = scores.sum(-1, keepdim=True)[..., None]
    one = torch.eye(s.shape[-1], dtype=scores.dtype, device=s.device)
    return ((one - scores[..., :, None] / total) / total).to(s.dtype)
    # --8<-- [end:jacobians]


def score_gradient(
    scores: Tensor, value: Tensor, weight: Tensor, rule: str, eps: float = 1e-6
) -> Tensor:
    """Gradient, with respect to the scores, of the loss sum(weight * output).

    Args:
        scores: shape (..., t, s).
        value: shape (..., s, v).
        weight: shape (..., t, v), the gradient that arrives at the output.
        rule: "softmax", "scaled" (divide by the row sum), "rms" (NormAttention) or
            "raw" (neither).
        eps: of the norm; used by "rms" only.

    Returns:
        Shape (..., t, s).

    Raises:
        ValueError: if rule is unknown, or shapes or types do not fit.
    """
    floating(scores=scores, value=value, weight=weight)
    if rule not in _RULES:
        raise ValueError(f"rule must be one of {sorted(_RULES)}, got {rule!r}")
    if min(scores.ndim, value.ndim) < 2 or (
        (*scores.shape[:-1], value.shape[-1]) != weight.shape
        or (*value.shape[:-2], value.shape[-2])
        != (*scores.shape[:-2], scores.shape[-1])
        or 0 in (*scores.shape, *weight.shape)
    ):
        shapes = ", ".join(str(tuple(x.shape)) for x in (scores, value, weight))
        need = "scores (..., t, s), value (..., s, v), weight (..., t, v), none empty"
        raise ValueError(f"need {need}; got {shapes}")
    kind = wide(scores)
    varied = scores.detach().to(kind).requires_grad_()
    output = _RULES[rule](varied, value.detach().to(kind), eps)
    loss = (weight.detach().to(kind) * output).sum()
    return torch.autograd.grad(loss, varied)[0].to(scores.dtype)


# --8<-- [start:scales]
def largest_gradients(
    scales: list[float], rule: str, eps: float = 1e-6, tokens: int = 32
) -> list[float]:
    """Largest |dL / ds| when all scores are multiplied by each of ``scales``.

    The same random positive scores, values and loss each time, in float64.

    Raises:
        ValueError: if a scale is not above 0 and finite, tokens is no integer >= 1, or
            as ``score_gradient``.
    """
    scales = [positive("every scale", c) for c in scales]
    tokens = integer("tokens", tokens, 1)
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(tokens, tokens, generator=generator, dtype=torch.float64)
    value, weight = torch.randn(2, tokens, 16, generator=generator, dtype=torch.float64)
    return [
        score_gradient(c * scores, value, weight, rule, eps).abs().max().item()
        for c in scales
    ]
    # --8<-- [end:scales]


# --8<-- [start:mass]
def locality_mass(A: Tensor, window: int) -> float:
    """Share of a token's attention that falls on |i - j| <= window, mean over tokens.

    Args:
        A: weights, shape (..., t, t); they count by their size, so signs may differ
            and rows need not sum to 1.
        window: distance in tokens; 0 is the token itself.

    Raises:
        ValueError: if A is not square, a row is all 0 or not finite, or window is no
            integer >= 0.
    """
    share, window = _row_shares(A), integer("window", window, 0)
    if A.shape[-1] != A.shape[-2]:
        raise ValueError(f"need A (..., t, t), got {tuple(A.shape)}")
    near = torch.ones_like(share).tril(window).triu(-window)
    return (share * near).sum(-1).mean().item()


def top_mass(A: Tensor, fraction: float = 0.1) -> float:
    """Share of a token's attention that its heaviest keys get, mean over tokens.

    Args:
        A: weights, shape (..., t, s), as in ``locality_mass``.
        fraction: of the keys, rounded up to a whole key; above 0, at most 1.

    Raises:
        ValueError: if a row is all 0 or not finite, or fraction is out of range.
    """
    share = _row_shares(A)
    if not positive("fraction", fraction) <= 1:
        raise ValueError(f"fraction must be in (0, 1], got {fraction}")
    keys = math.ceil(fraction * A.shape[-1] * (1 - 1e-12))  # 0.07 * 100 is above 7
    return share.topk(max(keys, 1), dim=-1).values.sum(-1).mean().item()
    # --8<-- [end:mass]


def _row_shares(A: Tensor) -> Tensor:
    floating(A=A)
    if A.ndim < 2 or A.numel() == 0:
        raise ValueError(f"need A (..., t, s), no axis empty, got {tuple(A.shape)}")
    size = A.to(wide(A)).abs()
    largest = size.amax(-1, keepdim=True)
    if not ((largest > 0) & (largest < torch.inf)).all():
        got = f"largest {largest.min().item()} to {largest.max().item()}"
        raise ValueError(f"every row of A needs finite weights, not all 0, got {got}")
    size = size / largest  # so that no sum leaves the range
    return size / size.sum(-1, keepdim=True)


def _check_scores(s: Tensor) -> None:
    floating(s=s)
    if s.ndim == 0 or s.shape[-1] == 0:
        raise ValueError(f"need scores (..., s) with s >= 1, got {tuple(s.shape)}")
