"""What the modules of this package accept."""

import operator
from collections.abc import Iterable

from torch import Tensor


def integer(name: str, value: object, low: int, high: int | None = None) -> int:
    """The value as Python's int (numpy's are fine); a ValueError if it is none."""
    try:
        # A bool is an int to Python, but True for a level is a slip.
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < low or (high is not None and number > high):
        limits = f">= {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be an integer {limits}, got {value!r}")
    return number


def some(name: str, values: Iterable[int]) -> list[int]:
    """The values as a list, not empty."""
    found = list(values)
    if not found:
        raise ValueError(f"{name} must have at least one entry, got {values!r}")
    return found


def height_and_width(x: Tensor) -> tuple[int, int]:
    """The pixel axes of a map, each at least 1; only the batch may be empty."""
    if x.ndim != 4 or 0 in x.shape[1:]:
        wanted = "(N, C, H, W) with C, H, W >= 1"
        raise ValueError(f"x must be {wanted}, got {tuple(x.shape)}")
    return x.shape[2], x.shape[3]
