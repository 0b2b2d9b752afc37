"""Gradient descent finds a shift through bilinear reads, if the map is smooth.

The offset of a deformable convolution learns only from the pixels next to where it
reads now, so it needs a map whose slope there points towards the place to go.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .convolution import deform_conv2d


class ShiftRun(NamedTuple):
    """What ``learn_shift`` went through, before every step and after the last."""

    losses: Tensor  # (steps + 1,), mean squared error
    offsets: Tensor  # (steps + 1, 2), y before x
    weights: Tensor  # (steps + 1,)


def random_maps(count: int, size: int, sigma: float, seed: int) -> Tensor:
    """Gaussian noise, blurred and scaled to standard deviation 1.

    Args:
        count, size: shape of the result, (count, 1, size, size).
        sigma: standard deviation of the blur in pixels, 0 for none.
        seed: of the noise.

    Raises:
        ValueError: if count or size is below 1, or sigma below 0.
    """
    if count < 1 or size < 1 or not sigma >= 0:
        got = f"{count}, {size}, {sigma}"
        raise ValueError(f"need count >= 1, size >= 1 and sigma >= 0, got {got}")
    generator = torch.Generator().manual_seed(seed)
    reach = round(4 * sigma)
    side = size + 2 * reach
    noise = torch.randn(count, 1, side, side, generator=generator, dtype=torch.float64)
    if sigma > 0:
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
        steps, lr: of Adam; the offset starts at (0, 0), the weight at 1.

    Raises:
        ValueError: if the shapes differ, or ``deform_conv2d`` refuses ``maps``.
    """
    if maps.shape != target.shape:
        shapes = f"{tuple(maps.shape)}, {tuple(target.shape)}"
        raise ValueError(f"maps and target must have one shape, got {shapes}")
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
