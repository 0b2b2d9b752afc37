"""Max unpooling: the maxima go back to where the pooling found them.

Places are numbers row * width + column within one map, as ``max_pool2d`` returns them.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from ._checks import pair


# --8<-- [start:unpool]
def max_unpool2d(x: Tensor, idx: Tensor, size: Iterable[int]) -> Tensor:
    """Put every maximum back where it was found; the other pixels are 0.

    Args:
        x: maxima, shape (N, C, h, w).
        idx: where they were, row * width + column, as ``max_pool2d`` returns it: int64,
            shape (N, C, h, w). If two share a place they should be equal; else either
            may win.
        size: height and width before pooling.

    Returns:
        Shape (N, C, *size).

    Raises:
        ValueError: if shapes disagree, or an index lies outside the output.
    """
    if x.ndim != 4 or x.shape != idx.shape or idx.dtype != torch.int64:
        shapes = f"{tuple(x.shape)} and {tuple(idx.shape)}, {idx.dtype}"
        raise ValueError(f"need x and int64 idx, both (N, C, h, w), got {shapes}")
    height, width = pair(size)
    pixels = height * width
    # A tensor without data ("meta") has no numbers to look at.
    if idx.numel() and not idx.is_meta and not 0 <= idx.min() <= idx.max() < pixels:
        got = f"{idx.min().item()} to {idx.max().item()}"
        raise ValueError(f"idx must be in [0, {pixels}), got {got}")
    canvas = x.new_zeros(*x.shape[:2], pixels)
    return canvas.scatter(2, idx.flatten(2), x.flatten(2)).unflatten(2, (height, width))
    # --8<-- [end:unpool]
