"""What this package accepts: integers, Python's or numpy's, and lists of rates."""

import operator
from collections.abc import Iterable

import torch
from torch import Tensor


def integer(name: str, value: object, low: int) -> int:
    """The value as Python's int; a ValueError if it is none, or is below ``low``."""
    try:
        # A bool is an int to Python, but True for a rate is a slip.
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")
    return number


def stack(rates: Iterable[int], kernel: int) -> tuple[list[int], int]:
    """The rates of one layer or more, and the kernel, as Python's integers."""
    found = [integer("rate", rate, 1) for rate in rates]
    if not found:
        raise ValueError("rates must not be empty, got no rate")
    return found, integer("kernel", kernel, 1)


def same_type(x: Tensor, w: Tensor) -> torch.dtype:
    """The type to sum in: float32 at least, since 16 bits lose small terms."""
    if x.dtype != w.dtype:
        raise ValueError(f"w must be {x.dtype} like x, got {w.dtype}")
    floats = x.dtype.is_floating_point
    return torch.promote_types(x.dtype, torch.float32) if floats else x.dtype
