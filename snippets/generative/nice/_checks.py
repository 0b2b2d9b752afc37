"""What the modules of this package refuse, and in which words."""

import operator

import torch
from torch import Tensor


def _integer(name: str, value: int, least: int) -> int:
    """The value as Python's integer; ValueError unless it is >= least."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _check_points(x: Tensor, dim: int) -> None:
    if x.ndim != 2 or x.shape[1] != dim or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"points must be (n, {dim}), floating point, got {came}")


def _wide(x: Tensor) -> Tensor:
    """Float32 for 16-bit floats, whose squares overflow and whose sums round."""
    return x.float() if torch.finfo(x.dtype).bits == 16 else x
