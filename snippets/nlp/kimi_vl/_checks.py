"""What the package asks of its arguments."""

import math
import operator
from numbers import Real
from typing import Any

import torch
from torch import Tensor


def integer(name: str, value: Any, low: int, high: int = 2**62) -> int:
    """``value`` as an int in low to high; numpy's integers are, a bool is not."""
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    if found is None or not low <= found <= high:
        top = "" if high == 2**62 else f" and <= {high}"
        raise ValueError(f"{name} must be an integer >= {low}{top}, got {value!r}")
    return found


def floating(**tensors: Tensor) -> None:
    """Refuse what is no tensor of floats, or not of the first one's type."""
    first = next(iter(tensors.values()))
    for name, x in tensors.items():
        if not isinstance(x, Tensor) or not x.is_floating_point():
            got = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(f"{name} must be a tensor of floats, got {got}")
        if x.dtype != first.dtype:
            got = f"{first.dtype} and {x.dtype}"
            raise ValueError(f"{', '.join(tensors)} must share one type, got {got}")


def wide(x: Tensor) -> torch.dtype:
    """The type to compute in: the tensor's own, but at least float32."""
    return torch.promote_types(x.dtype, torch.float32)


def positive(name: str, value: Any) -> float:
    """``value`` as a float, finite and above 0."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not 0 < value < math.inf:
        raise ValueError(f"{name} must be > 0 and finite, got {value!r}")
    return float(value)


def grids(grid_hw: Tensor) -> None:
    """Refuse what is no list of grids.

    Raises:
        ValueError: shape and type, wanted and given.
    """
    if grid_hw.ndim != 2 or grid_hw.shape[1] != 2 or len(grid_hw) < 1:
        got = tuple(grid_hw.shape)
        raise ValueError(f"grid_hw must have shape (images, 2), got {got}")
    if grid_hw.dtype not in (torch.int32, torch.int64):
        raise ValueError(f"grid_hw must be int32 or int64, got {grid_hw.dtype}")
    if (grid_hw < 1).any():
        raise ValueError(f"grid_hw must be >= 1, got {grid_hw.tolist()}")
