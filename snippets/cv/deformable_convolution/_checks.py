"""What the modules of this package accept."""

import math
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


def positive(name: str, value: float) -> float:
    """A finite number above 0."""
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
    return value


def options(stride: int, padding: int, dilation: int) -> tuple[int, int, int]:
    """The three as Python's integers, each in its range."""
    return (
        integer("stride", stride, 1),
        integer("padding", padding, 0),
        integer("dilation", dilation, 1),
    )


def sides(kernel: object) -> tuple[int, int]:
    """k or (kh, kw), as (kh, kw)."""
    pair = tuple(kernel) if isinstance(kernel, Iterable) else (kernel, kernel)
    if isinstance(kernel, str) or len(pair) != 2:
        raise ValueError(f"kernel must be k or (kh, kw), got {kernel!r}")
    kh, kw = pair
    return integer("kernel height", kh, 1), integer("kernel width", kw, 1)


def check_maps(name: str, maps: Tensor, channels: int | None = None) -> None:
    """Raise ValueError unless ``maps`` is floating point, of 4 axes, C as asked for."""
    if maps.ndim != 4:
        raise ValueError(f"{name} must have 4 axes, got shape {tuple(maps.shape)}")
    if not maps.is_floating_point():
        raise ValueError(f"{name} must be floating point, got {maps.dtype}")
    if channels is not None and maps.shape[1] != channels:
        raise ValueError(f"{name} must have {channels} channels, got {maps.shape[1]}")


def at_least_float32(*tensors: Tensor) -> torch.dtype:
    """The widest of the types, and not below float32: the one to compute in."""
    wide = torch.float32
    for tensor in tensors:
        wide = torch.promote_types(wide, tensor.dtype)
    return wide
