"""The pyramid: maxima over n x n bins, as many for a large image as for a small one.

Maps have shape (N, C, H, W). Bins and cells count from 0, and a bin stops short of its
end, as slices do.

Reference:
    He, Zhang, Ren, Sun, "Spatial Pyramid Pooling in Deep Convolutional Networks for
    Visual Recognition", ECCV 2014, arXiv:1406.4729.
"""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from ._checks import height_and_width, integer, some


# --8<-- [start:bins]
def pyramid_bins(length: int, n: int) -> list[tuple[int, int]]:
    """Cut ``length`` cells into n bins that leave out no cell and may share one.

    Args:
        length: cells along one axis.
        n: bins along that axis.

    Returns:
        n pairs (first cell, end), the end not included: floor(i * length / n) and
        ceil((i + 1) * length / n).

    Raises:
        ValueError: unless 1 <= n <= length, both integers.
    """
    length = integer("length", length, 1)
    n = integer("n", n, 1, length)
    # Whole numbers only: -(-a // n) is the ceiling, with no float in between.
    return [(i * length // n, -(-(i + 1) * length // n)) for i in range(n)]
    # --8<-- [end:bins]


# --8<-- [start:pool]
def spatial_pyramid_pool(x: Tensor, levels: Iterable[int] = (1, 2, 4)) -> Tensor:
    """Maximum of each channel in each bin of each level: one length for all sizes.

    The gradient goes to the first maximum of a bin, as in adaptive max pooling.

    Args:
        x: shape (N, C, H, W); only N may be 0.
        levels: level m cuts each axis into m bins, at most min(H, W).

    Returns:
        Shape (N, C * sum(m * m)): level by level, in a level channel by channel, in a
        channel row by row, which is the order of flattened adaptive poolings.

    Raises:
        ValueError: if x has another shape, or levels is empty or has a bad entry.
    """
    h, w = height_and_width(x)
    vectors = []
    for m in some("levels", levels):
        m = integer("level", m, 1, min(h, w))
        maxima = [
            x[:, :, top:bottom, left:right].flatten(2).max(2).values
            for top, bottom in pyramid_bins(h, m)
            for left, right in pyramid_bins(w, m)
        ]
        vectors.append(torch.stack(maxima, dim=2).flatten(1))  # (N, C * m * m)
    return torch.cat(vectors, dim=1)
    # --8<-- [end:pool]


class Shorthand(NamedTuple):
    """One window and stride that stand for n bins, and how many windows really fit."""

    win: int  # cells in a window
    stride: int  # cells between the starts of neighbouring windows
    outputs: int  # windows that fit, which is not always n


# --8<-- [start:shorthand]
def window_stride_shorthand(a: int, n: int) -> Shorthand:
    """Window ceil(a / n) and stride floor(a / n), and the outputs that they give.

    Args:
        a: cells along one axis.
        n: bins wanted.

    Raises:
        ValueError: unless 1 <= n <= a, both integers.
    """
    a = integer("a", a, 1)
    n = integer("n", n, 1, a)
    win, stride = -(-a // n), a // n
    return Shorthand(win, stride, outputs=(a - win) // stride + 1)
    # --8<-- [end:shorthand]
