"""Gradient descent finds a shift through bilinear reads, if the map is smooth.

The offset of a deformable convolution learns only from the pixels next to where it
reads now, so it needs a map whose slope there points towards the place to go.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import at_least_float32, integer, positive
from .convolution import deform_conv2d


class ShiftRun(NamedTuple):
    """What ``learn_shift`` went through, before every step and after the last."""

    losses: Tensor  # (steps + 1,), mean squared error
    offsets: Tensor  # (steps + 1, 2), y before x
    weights: Tensor  # (steps + 1,)


def random_maps(count: int, size: int, sigma: float, seed: int) -> Tensor:
    """Gaussian noise, blurred and scaled to a mean square of 1.

    Args:
        count, size: shape of the result, (count, 1, size, size).
        sigma: standard deviation of the blur in pixels, 0 for none.
        seed: of the noise.

    Raises:
        ValueError: if count or size is below 1, or sigma or the seed below 0.
    """
    count, size = integer("count", count, 1), integer("size", size, 1)
    if not 0 <= sigma < math.inf:
        raise ValueError(f"sigma must be a finite number >= 0, got {sigma}")
    generator = torch.Generator().manual_seed(integer("seed", seed, 0))
    reach = round(4 * sigma)
    side = size + 2 * reach
    noise = torch.randn(count, 1, side, side, generator=generator, dtype=torch.float64)
    if reach > 0:  # else the bell has one value only
        bell = torch.arange(-reach, reach + 1, dtype=torch.float64)
        bell = torch.exp(-(bell**2) / (2 * sigma**2))
        noise = F.conv2d(
            F.conv2d(noise, bell.view(1, 1, -1, 1)), bell.view(1, 1, 1, -1)
        )
    return noise / noise.square().mean().sqrt()


# --8<-- [start:learn]
def learn_shift(
    maps: Tensor, target: Tensor, steps: int = 200, lr: float = 0.05
) -> ShiftRun:
    """Fit one offset, shared by all positions, and one 1 x 1 weight with Adam.

    Args:
        maps: shape (N, 1, H, W).
        target: what to reach, of the same shape.
        steps, lr: of Adam; the offset starts at (0, 0), the weight at 1. What is
            learned is float32 at least: Adam's 1e-8 is 0 in float16.

    Raises:
        ValueError: if the shapes differ, there are no maps, or a number is wrong.
    """
    steps, wide = integer("steps", steps, 0), at_least_float32(maps, target)
    positive("lr", lr)
    _check_shift(maps, target)
    maps, target = maps.to(wide), target.to(wide)
    offset = maps.new_zeros(1, 2, 1, 1, requires_grad=True)
    weight = maps.new_ones(1, 1, 1, 1, requires_grad=True)
    optimizer = torch.optim.Adam([offset, weight], lr=lr)
    losses, offsets, weights = [], [], []
    for step in range(steps + 1):
        field = offset.expand(len(maps), 2, *maps.shape[2:])
        loss = (deform_conv2d(maps, field, weight) - target).square().mean()
        for path, value in ((losses, loss), (offsets, offset), (weights, weight)):
            path.append(value.detach().clone().flatten())
        if step < steps:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return ShiftRun(torch.cat(losses), torch.stack(offsets), torch.cat(weights))
    # --8<-- [end:learn]


def _check_shift(maps: Tensor, target: Tensor) -> None:
    shapes = f"{tuple(maps.shape)}, {tuple(target.shape)}"
    if maps.shape != target.shape:
        raise ValueError(f"maps and target must have one shape, got {shapes}")
    if maps.ndim != 4 or maps.shape[1] != 1 or maps.numel() == 0:
        raise ValueError(f"maps must have shape (N, 1, H, W), not empty, got {shapes}")
