"""What the flows of this note refuse alike, and how they draw and add up."""

import operator

import torch
from torch import Tensor


def _check_points(x: Tensor, name: str = "points", least: int = 0) -> None:
    if x.ndim != 2 or len(x) < least or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        size = f"(n, d), n >= {least}," if least else "(n, d),"
        raise ValueError(f"{name} must be {size} floating point, got {came}")


def _check_solvable(x: Tensor) -> None:
    """Points whose type is fine enough to add many small steps."""
    _check_points(x)
    if torch.finfo(x.dtype).bits == 16:
        raise ValueError(f"points must be float32 or float64, got {x.dtype}")


def _integer(name: str, value: int, least: int = 1) -> int:
    """The value as Python's integer; ValueError unless it is >= least."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _wide(x: Tensor) -> Tensor:
    """Float32 for 16-bit floats, in which squares overflow and sums round."""
    if not x.is_floating_point():
        raise ValueError(f"numbers must be floating point, got {x.dtype}")
    return x.float() if torch.finfo(x.dtype).bits == 16 else x


def _normal(
    shape: torch.Size, generator: torch.Generator | None, like: Tensor
) -> Tensor:
    """Standard normal numbers, drawn where the generator is, moved to ``like``."""
    where = like.device if generator is None else generator.device
    noise = torch.randn(shape, generator=generator, dtype=like.dtype, device=where)
    return noise.to(like.device)


def _uniform(
    shape: torch.Size, generator: torch.Generator | None, like: Tensor
) -> Tensor:
    """Uniform numbers in [0, 1), likewise."""
    where = like.device if generator is None else generator.device
    numbers = torch.rand(shape, generator=generator, dtype=like.dtype, device=where)
    return numbers.to(like.device)
