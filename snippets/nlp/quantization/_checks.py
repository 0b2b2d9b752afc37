"""What the functions want of their arguments."""

import math
import operator
from numbers import Real

import numpy as np

_LARGEST = 1e150  # squares stay finite in float64, and so do sums of them


def _numbers(
    name: str, values: np.ndarray, ndim: int | None = None, most: float = _LARGEST
) -> np.ndarray:
    """A float64 copy of finite numbers: no sum below is taken in the type that came."""
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from error
    if isinstance(values, np.ma.MaskedArray) or given.dtype.kind not in "fiu":
        kind = "a masked array" if given.dtype.kind in "fiu" else f"dtype {given.dtype}"
        raise ValueError(f"{name} must be an array of numbers, got {kind}")
    if given.size == 0 or (ndim is not None and given.ndim != ndim):
        wanted = "at least one number" if ndim is None else f"{ndim} axes, none empty"
        raise ValueError(f"{name} must have {wanted}, got shape {given.shape}")
    array = given.astype(np.float64)
    wrong = ~(np.abs(array) <= most)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {most:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array


def _integer(name: str, value: int, least: int, most: int | None = None) -> int:
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least or (most is not None and number > most):
        wanted = f">= {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be an integer {wanted}, got {value!r}")
    return number


def _real(
    name: str, value: float, low: float, high: float, ends: bool = False
) -> float:
    """A number between two bounds, which it may only be if ``ends``."""
    known = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    inside = low <= number <= high if ends else low < number < high
    if not inside:  # NaN is not either
        raise ValueError(
            f"{name} must be a number between {low:g} and {high:g}, got {value!r}"
        )
    return number


def _cut(name: str, size: int, length: int) -> int:
    size = _integer(name, size, 1)
    if length % size:
        raise ValueError(
            f"{name} must divide the length that is cut, got {size} and {length}"
        )
    return size


def _axes(axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """The axes that share a scale; None for all of them."""
    if axis is None:
        return tuple(range(ndim))
    given = axis if isinstance(axis, tuple) else (axis,)
    if not given:
        raise ValueError("axis must be an integer, some of them or None, got ()")
    found = [_integer("axis", one, -ndim, ndim - 1) % ndim for one in given]
    if len(set(found)) < len(found):
        raise ValueError(f"axis must name each axis once, got {axis}")
    return tuple(found)
