"""Picks kept even: by a bias that no gradient touches, or by an extra loss.

Axes: t token, e expert, k pick of a token.

Reference:
    DeepSeek-AI, "DeepSeek-V3 Technical Report", 2024, arXiv:2412.19437.
"""

import torch
from torch import Tensor

from ._checks import floating, positive, wide


def update_bias(bias: Tensor, load: Tensor, rate: float) -> Tensor:
    """One step of balancing: up for each expert below the mean load, down above it.

    Args:
        bias: shape (e,).
        load: tokens that each expert got in the last step, shape (e,).
        rate: size of the step, >= 0; only the sign of the excess counts.

    Returns:
        The new bias, shape (e,).

    Raises:
        ValueError: if the shapes differ or the rate is negative.
    """
    floating(bias=bias)
    rate = _rate(rate)
    if bias.ndim != 1 or load.shape != bias.shape or not len(bias):
        got = f"{tuple(bias.shape)} and {tuple(load.shape)}"
        raise ValueError(f"bias and load must be (e,), e >= 1, got {got}")
    load = load.double()  # bfloat16 cannot tell 257 tokens from 256
    step = rate * torch.sign(load.mean() - load)
    return (bias.to(wide(bias)) + step.to(wide(bias))).to(bias.dtype)


def load_balance_loss(scores: Tensor, experts: Tensor) -> Tensor:
    """Sum over experts of share of picks times mean share of score, times e.

    1 when both are even; at most e / k, when all tokens pick the same k experts and
    give them all their score. Gradients come by the scores.

    Args:
        scores: affinities >= 0, not all 0 for a token, shape (t, e), t >= 1.
        experts: picks, integer, each expert at most once a token, shape (t, k), k >= 1.

    Returns:
        A number, shape ().

    Raises:
        ValueError: if a shape does not fit, there is no token, a pick is no expert, or
            a token has no score above 0, or one that is below 0 or not finite.
    """
    floating(scores=scores)
    if experts.dtype not in (torch.int32, torch.int64):
        raise ValueError(f"experts must be int32 or int64, got {experts.dtype}")
    if scores.ndim != 2 or experts.ndim != 2 or len(scores) != len(experts):
        got = f"{tuple(scores.shape)} and {tuple(experts.shape)}"
        raise ValueError(f"scores must be (t, e) and experts (t, k), got {got}")
    if experts.numel() < 1:
        raise ValueError(f"t and k must be >= 1, got {tuple(experts.shape)}")
    if experts.min() < 0 or experts.max() >= scores.shape[1]:
        got = f"{experts.min()} to {experts.max()}"
        raise ValueError(f"experts must be in 0 to {scores.shape[1] - 1}, got {got}")
    largest = scores.detach().amax(-1, keepdim=True)
    if not ((scores >= 0) & (scores < torch.inf) & (largest > 0)).all():
        got = f"{scores.min()} to {scores.max()}"
        raise ValueError(f"scores must be >= 0, finite, not all 0, got {got}")
    count = experts.flatten().bincount(minlength=scores.shape[1])
    picked = (count.double() / experts.numel()).to(wide(scores))
    relative = scores.to(wide(scores)) / largest  # so that no sum leaves the range
    share = (relative / relative.sum(-1, keepdim=True)).mean(0)
    return (scores.shape[1] * (picked * share).sum()).to(scores.dtype)


def _rate(value: float) -> float:
    return 0.0 if value == 0 else positive("rate", value)
