"""A mixture of experts: a router picks k of E small networks for each token.

Axes: t token, e expert, d feature, f hidden feature of an expert, k pick of a token.
16-bit inputs are computed in float32 and rounded once, at the end.

References:
    DeepSeek-AI, "DeepSeek-V3 Technical Report", 2024, arXiv:2412.19437.
    Liu et al., "Muon is Scalable for LLM Training", 2025, arXiv:2502.16982 (Moonlight).
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, integer, wide


class Route(NamedTuple):
    """Which experts a token goes to, and how much each counts."""

    experts: Tensor  # int64, (t, k), the best first
    weights: Tensor  # (t, k)


def topk_route(scores: Tensor, bias: Tensor, k: int, normalize: bool = True) -> Route:
    """Pick by score plus bias, weigh by score alone.

    Args:
        scores: affinities >= 0 and finite, shape (t, e).
        bias: one finite number for each expert, shape (e,).
        k: experts for each token, 1 to e.
        normalize: divide the weights of a token by their sum.

    Returns:
        Picks and weights, each of shape (t, k). Of equal experts the first one wins.

    Raises:
        ValueError: if a shape or type does not fit, k is no integer in 1 to e, a score
            is negative, or a score or bias is not finite.
    """
    floating(scores=scores, bias=bias)
    if scores.ndim != 2 or bias.shape != scores.shape[1:]:
        got = f"{tuple(scores.shape)} and {tuple(bias.shape)}"
        raise ValueError(f"scores must be (t, e) and bias (e,), got {got}")
    k = integer("k", k, 1, scores.shape[1])
    if not ((scores >= 0) & (scores < torch.inf)).all():
        got = f"{scores.min()} to {scores.max()}"
        raise ValueError(f"scores must be >= 0 and finite, got {got}")
    if not bias.isfinite().all():
        raise ValueError(f"bias must be finite, got {bias.tolist()}")
    exact = scores.to(wide(scores))
    order = (exact + bias).argsort(dim=-1, descending=True, stable=True)
    experts = order[:, :k]
    weights = exact.gather(1, experts)  # without the bias
    if normalize:  # sigmoids may all underflow to 0: then the weights stay 0
        largest = weights.detach().amax(-1, keepdim=True)
        weights = weights / largest.masked_fill(largest == 0, 1)  # no sum overflows
        total = weights.sum(-1, keepdim=True)
        weights = weights / total.masked_fill(total == 0, 1)
    return Route(experts, weights.to(scores.dtype))


class Experts(NamedTuple):
    """The three matrices of each of e gated networks (SwiGLU)."""

    gate: Tensor  # (e, f, d)
    up: Tensor  # (e, f, d)
    down: Tensor  # (e, d, f)


class MoEResult(NamedTuple):
    """What a mixture of experts gives."""

    output: Tensor  # (t, d)
    load: Tensor  # int64, (e,): tokens that went to each routed expert


# --8<-- [start:moe]
def moe_forward(
    x: Tensor,
    router: Tensor,
    bias: Tensor,
    routed: Experts,
    shared: Experts,
    k: int,
    scale: float = 1.0,
    normalize: bool = True,
) -> MoEResult:
    """Weighted sum of the k picked experts, plus the shared experts.

    Args:
        x: shape (t, d).
        router: one direction for each routed expert, shape (e, d).
        bias: of the selection, shape (e,).
        routed: e experts.
        shared: any number of experts that see every token, maybe none.
        k: routed experts for each token.
        scale: multiplies the weights of the routed experts.
        normalize: as in ``topk_route``.

    Returns:
        Output and load. Each token is kept: experts have no capacity limit.

    Raises:
        ValueError: if a shape or type does not fit, scale is not finite, or as
            ``topk_route``.
    """
    named = {"x": x, "router": router, "bias": bias}
    for name, group in (("routed", routed), ("shared", shared)):
        named |= {f"{name}.{k}": w for k, w in group._asdict().items()}
    floating(**named)
    if not math.isfinite(scale):
        raise ValueError(f"scale must be finite, got {scale}")
    if x.ndim != 2 or router.ndim != 2 or router.shape[1] != x.shape[1]:
        got = f"{tuple(x.shape)} and {tuple(router.shape)}"
        raise ValueError(f"x must be (t, d) and router (e, d), got {got}")
    _check_experts("routed", routed, x.shape[1], router.shape[0])
    _check_experts("shared", shared, x.shape[1], shared.gate.shape[0])
    kind, kept = wide(x), x.dtype
    x, router, bias = x.to(kind), router.to(kind), bias.to(kind)
    routed, shared = (Experts(*(w.to(kind) for w in g)) for g in (routed, shared))
    scores = torch.sigmoid(x @ router.T)  # (t, e)
    route = topk_route(scores, bias, k, normalize)
    output = torch.zeros_like(x)
    for e, weights in enumerate(zip(*routed, strict=True)):
        token, pick = (route.experts == e).nonzero(as_tuple=True)  # gather
        y = _swiglu(x[token], *weights) * route.weights[token, pick, None]
        output = output.index_add(0, token, scale * y)  # scatter
    for weights in zip(*shared, strict=True):
        output = output + _swiglu(x, *weights)
    load = route.experts.flatten().bincount(minlength=len(router))
    return MoEResult(output.to(kept), load)
    # --8<-- [end:moe]


def _swiglu(x: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    return (F.silu(x @ gate.T) * (x @ up.T)) @ down.T


def _check_experts(name: str, experts: Experts, d: int, count: int) -> None:
    f = experts.down.shape[-1] if experts.down.ndim else 0
    shapes = [tuple(w.shape) for w in experts]
    wide, tall = (count, f, d), (count, d, f)
    if shapes != [wide, wide, tall]:
        raise ValueError(f"{name} must be {wide}, {wide}, {tall}, got {shapes}")
