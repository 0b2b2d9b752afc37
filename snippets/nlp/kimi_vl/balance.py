"""Picks kept even by a bias that no gradient touches.

Axis: e expert.

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


def _rate(value: float) -> float:
    return 0.0 if value == 0 else positive("rate", value)
