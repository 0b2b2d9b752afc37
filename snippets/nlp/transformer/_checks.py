"""What the networks of this note refuse alike, and the type that they work in."""

import math
import operator
from typing import SupportsIndex

import torch
from torch import Tensor


def _wide(*tensors: Tensor) -> list[Tensor]:
    """The same in float32 at least: in 16 bits every step would be rounded."""
    return [x.to(torch.promote_types(x.dtype, torch.float32)) for x in tensors]


def _check_float(
    name: str,
    tensor: Tensor,
    shape: tuple[int | None, ...],
    dtype: torch.dtype | None = None,
) -> None:
    """Refuse a tensor that is not floating point or not of the shape; None is any size.

    Raises:
        ValueError: says which tensor, what is wanted, and what came.
    """
    if not tensor.is_floating_point() or tensor.dtype != (dtype or tensor.dtype):
        want = dtype or "floating point"
        raise ValueError(f"{name} must be {want}, got {tensor.dtype}")
    got = tuple(tensor.shape)
    if len(got) != len(shape) or any(
        n not in (None, m) for n, m in zip(shape, got, strict=True)
    ):
        want = str(shape).replace("None", "any")
        raise ValueError(f"{name} must have shape {want}, got {got}")


def _integer(
    name: str, value: SupportsIndex, least: int, most: float = math.inf
) -> int:
    """The same as Python's own integer; numpy's are integers, booleans are not.

    Raises:
        ValueError: says what is wanted and what came.
    """
    want = f"an integer >= {least}" + f" and <= {most}" * (most < math.inf)
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be {want}, got {value!r}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} must be {want}, got {number}")
    return number
