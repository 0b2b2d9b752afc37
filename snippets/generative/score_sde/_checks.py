"""What the modules of this package refuse alike, and how they draw and add up."""

import math
import operator

import torch
from torch import Tensor


def _integer(name: str, value: int, least: int = 1) -> int:
    """The value as Python's integer; ValueError unless it is >= least."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _check_solvable(dtype: torch.dtype) -> None:
    """A type in which many small steps add up."""
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"points must be float32 or float64, got {dtype}")


def _wide(x: Tensor) -> Tensor:
    """Float32 for 16-bit floats, in which squares overflow and sums round."""
    return x.float() if torch.finfo(x.dtype).bits == 16 else x


def _check_rate(learning_rate: float) -> None:
    if not 0 <= learning_rate < math.inf:
        raise ValueError(f"learning_rate must be finite, >= 0, got {learning_rate}")


def _draw(
    draw: str, shape: torch.Size, generator: torch.Generator, like: Tensor
) -> Tensor:
    """``torch.randn`` or ``torch.rand`` where the generator is, moved to ``like``."""
    options = {"generator": generator, "dtype": like.dtype, "device": generator.device}
    return getattr(torch, draw)(shape, **options).to(like.device)
