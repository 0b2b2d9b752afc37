"""What the functions of this package want of their arguments."""

import math
import operator
from numbers import Real

import torch
from torch import Tensor


def _integer(name: str, value: int, low: int, high: int | None = None) -> int:
    try:
        number = low - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = low - 1
    if number < low or (high is not None and number > high):
        want = f">= {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be an integer {want}, got {value!r}")
    return number


def _positive(name: str, value: float) -> float:
    known = isinstance(value, Real) and not isinstance(value, bool)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not 0 < number < math.inf:  # NaN is not either
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
    return number


def _floats(name: str, value: Tensor, axes: int | None = None) -> None:
    if not isinstance(value, Tensor) or not _wide_enough(value):
        got = value.dtype if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(f"{name} must be a tensor of floats >= 16 bits, got {got}")
    if axes is not None and value.ndim != axes:
        raise ValueError(f"{name} must have {axes} axes, got shape {_shape(value)}")


def _wide_enough(value: Tensor) -> bool:
    return value.is_floating_point() and value.dtype.itemsize >= 2  # eight bits: no


def _one_device(**tensors: Tensor | None) -> None:
    places = {name: t.device.type for name, t in tensors.items() if t is not None}
    if len(set(places.values())) > 1:
        raise ValueError(f"want all tensors on one device, got {places}")


def _shape(value: Tensor) -> tuple[int, ...]:
    return tuple(value.shape)


def _factors(weight: Tensor, a: Tensor, b: Tensor) -> int:
    """The rank, if (o, i), (r, i) and (o, r) fit together."""
    for name, value in (("weight", weight), ("a", a), ("b", b)):
        _floats(name, value, 2)
    (o, i), r = _shape(weight), a.shape[0]
    if not 1 <= r <= min(o, i) or _shape(a) != (r, i) or _shape(b) != (o, r):
        raise ValueError(
            f"a and b must have shapes (r, {i}) and ({o}, r), r from 1 to {min(o, i)},"
            f" got {_shape(a)} and {_shape(b)}"
        )
    _one_device(weight=weight, a=a, b=b)
    return r


def _wide(*tensors: Tensor) -> torch.dtype:
    """The widest of the types, and float32 at least: the one to compute in."""
    wide = torch.float32
    for tensor in tensors:
        wide = torch.promote_types(wide, tensor.dtype)
    return wide
