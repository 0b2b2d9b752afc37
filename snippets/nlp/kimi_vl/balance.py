"""Picks kept even: by a bias that no gradient touches, or by an extra loss.

Axes: t token, e expert, d feature, k pick of a token.

Reference:
    DeepSeek-AI, "DeepSeek-V3 Technical Report", 2024, arXiv:2412.19437.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .experts import topk_route


# --8<-- [start:update]
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
    if bias.ndim != 1 or load.shape != bias.shape or rate < 0:
        got = f"{tuple(bias.shape)}, {tuple(load.shape)}, {rate}"
        raise ValueError(f"bias and load must be (e,), rate >= 0, got {got}")
    load = load.to(bias.dtype)
    return bias + rate * torch.sign(load.mean() - load)
    # --8<-- [end:update]


# --8<-- [start:loss]
def load_balance_loss(scores: Tensor, experts: Tensor) -> Tensor:
    """Sum over experts of share of picks times mean share of score, times e.

    1 when both are even, e when one expert takes all. Gradients come by the scores.

    Args:
        scores: affinities > 0, shape (t, e), t >= 1.
        experts: picks, int64, shape (t, k), k >= 1.

    Returns:
        A number, shape ().

    Raises:
        ValueError: if a shape does not fit, there is no token, or a pick no expert.
    """
    if scores.ndim != 2 or experts.ndim != 2 or len(scores) != len(experts):
        got = f"{tuple(scores.shape)} and {tuple(experts.shape)}"
        raise ValueError(f"scores must be (t, e) and experts (t, k), got {got}")
    if experts.numel() < 1:
        raise ValueError(f"t and k must be >= 1, got {tuple(experts.shape)}")
    if experts.min() < 0 or experts.max() >= scores.shape[1]:
        got = f"{experts.min()} to {experts.max()}"
        raise ValueError(f"experts must be in 0 to {scores.shape[1] - 1}, got {got}")
    count = experts.flatten().bincount(minlength=scores.shape[1])
    picked = count.to(scores.dtype) / experts.numel()
    score = (scores / scores.sum(-1, keepdim=True)).mean(0)
    return scores.shape[1] * (picked * score).sum()
    # --8<-- [end:loss]


class BalanceRun(NamedTuple):
    """Loads of the experts on fresh tokens, before and after balancing."""

    before: Tensor  # (e,), as multiples of the mean
    after: Tensor  # (e,), as multiples of the mean
    bias: Tensor  # (e,), at the end


# --8<-- [start:experiment]
def balance_experiment(
    updates: int = 500, rate: float = 0.01, seed: int = 0
) -> BalanceRun:
    """Balance 8 experts, top-2, whose affinities favour the last ones.

    Each update sees 256 new tokens with normal logits, whose means rise from -0.6 for
    the first expert to 0.6 for the last; loads are measured on 20,000 other tokens.

    Args:
        updates: number of calls of ``update_bias``, >= 0.
        rate: of each call.
        seed: of all draws.

    Returns:
        Loads before and after, and the bias.

    Raises:
        ValueError: if updates or rate is negative.
    """
    if updates < 0 or rate < 0:
        raise ValueError(f"updates and rate must be >= 0, got {updates} and {rate}")
    generator = torch.Generator().manual_seed(seed)
    skew = torch.linspace(-0.6, 0.6, 8, dtype=torch.float64)

    def load(tokens: int, bias: Tensor) -> Tensor:
        noise = torch.randn(tokens, 8, generator=generator, dtype=torch.float64)
        route = topk_route(torch.sigmoid(skew + noise), bias, k=2)
        return route.experts.flatten().bincount(minlength=8).double()

    before = load(20_000, torch.zeros(8, dtype=torch.float64))
    bias = torch.zeros(8, dtype=torch.float64)
    for _ in range(updates):
        bias = update_bias(bias, load(256, bias), rate)
    after = load(20_000, bias)
    return BalanceRun(before / before.mean(), after / after.mean(), bias)
    # --8<-- [end:experiment]
