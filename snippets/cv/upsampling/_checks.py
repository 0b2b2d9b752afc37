"""What the modules of this package accept."""

import operator
from collections.abc import Iterable

import torch
from torch import Tensor


def integer(name: str, value: object, low: int) -> int:
    """The value as Python's int (numpy's are fine); a ValueError if it is none."""
    try:
        # A bool is an int to Python, but True for a stride is a slip.
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")
    return number


def pair(size: Iterable[int]) -> tuple[int, int]:
    """Height and width, as Python's integers."""
    found = tuple(size)
    try:
        height, width = (integer("size", n, 1) for n in found)
    except ValueError:
        raise ValueError(f"size must be two integers >= 1, got {found}") from None
    return height, width


def at_least_float32(x: Tensor) -> Tensor:
    """The tensor to compute with: sums and fractions of 16 bits lose too much."""
    wide = torch.promote_types(x.dtype, torch.float32)
    return x.to(wide) if x.is_floating_point() else x
