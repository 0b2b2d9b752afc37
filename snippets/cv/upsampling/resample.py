"""Resize without learning: each output pixel reads the input at one computed place.

Pixels are unit squares, and index i has its centre at i + 1/2. Height and width are
resized one after the other. Coordinates are computed in float64 or in integers.

Reference:
    ``torch.nn.functional.interpolate``, which both functions reproduce when it is given
    a size, save that its nearest modes compute in float32 and can miss a pixel.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from ._checks import at_least_float32, integer, pair


# --8<-- [start:bilinear]
def upsample_bilinear(
    x: Tensor, size: Iterable[int], align_corners: bool = False
) -> Tensor:
    """Linear interpolation along height, then along width, in float32 at least.

    Args:
        x: shape (N, C, H, W), floating point, no pixel axis empty.
        size: height and width of the result, each >= 1.
        align_corners: False scales the image as an area, True maps the centres of the
            corner pixels onto each other.

    Returns:
        Shape (N, C, *size). A smaller size takes no averages, so it aliases.

    Raises:
        ValueError: if x is not such a tensor, or size is not two integers >= 1.
    """
    size = _check(x, size)
    if not x.is_floating_point():
        raise ValueError(f"x must be floating point, got {x.dtype}")
    dtype, x = x.dtype, at_least_float32(x)
    for axis, n_out in zip((2, 3), size):
        n_in = x.shape[axis]
        place = source_coordinates(n_in, n_out, align_corners)
        low = place.long()  # the floor, since no coordinate is below 0
        high = (low + 1).clamp(max=n_in - 1)
        shape = (-1, 1) if axis == 2 else (-1,)
        t = (place - low).to(x).view(shape)
        low, high = low.to(x.device), high.to(x.device)
        x = (1 - t) * x.index_select(axis, low) + t * x.index_select(axis, high)
    return x.to(dtype)


def source_coordinates(n_in: int, n_out: int, align_corners: bool = False) -> Tensor:
    """Where each of n_out pixels reads an input of n_in: float64, shape (n_out,)."""
    n_in, n_out = integer("n_in", n_in, 1), integer("n_out", n_out, 1)
    x_d = torch.arange(n_out, dtype=torch.float64)
    if align_corners:
        return x_d * (n_in - 1) / max(n_out - 1, 1)  # one output alone reads pixel 0
    return ((x_d + 0.5) * n_in / n_out - 0.5).clamp(0, n_in - 1)
    # --8<-- [end:bilinear]


# --8<-- [start:nearest]
def upsample_nearest(x: Tensor, size: Iterable[int], exact: bool = False) -> Tensor:
    """One input pixel for every output pixel.

    Args:
        x: shape (N, C, H, W), no pixel axis empty.
        size: height and width of the result, each >= 1.
        exact: False scales the left edge of the output pixel, as ``mode="nearest"``;
            True scales its centre, as ``mode="nearest-exact"``.

    Returns:
        Shape (N, C, *size).

    Raises:
        ValueError: if x is not such a tensor, or size is not two integers >= 1.
    """
    size = _check(x, size)
    for axis, n_out in zip((2, 3), size):
        x_d = torch.arange(n_out, device=x.device)
        n_in = x.shape[axis]
        # In integers: i * (n_in / n_out) may round below a whole number.
        source = (2 * x_d + 1) * n_in // (2 * n_out) if exact else x_d * n_in // n_out
        x = x.index_select(axis, source)
    return x
    # --8<-- [end:nearest]


def _check(x: Tensor, size: Iterable[int]) -> tuple[int, int]:
    if x.ndim != 4 or 0 in x.shape[2:]:
        raise ValueError(f"x must be (N, C, H, W), H, W >= 1, got {tuple(x.shape)}")
    return pair(size)
