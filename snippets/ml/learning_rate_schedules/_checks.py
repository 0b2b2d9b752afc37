"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from numbers import Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

LARGEST = 1e150  # products of two such numbers are still floats


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as Python's int; numpy's integers are integers, True is not."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    if number >= 2**63:
        raise ValueError(f"{name} must be below 2**63, got {number}")
    return number


def _real(value: float) -> float:
    """``value`` as Python's float, in which numpy's short numbers do not overflow."""
    try:
        return float(value) if isinstance(value, Real) else math.nan
    except OverflowError:
        return math.inf


def _at_least_zero(name: str, value: float) -> float:
    number = _real(value)
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{name} must be in [0, {LARGEST:g}], got {value!r}")
    return number


def _curvature(value: float) -> float:
    number = _real(value)
    if not 1 / LARGEST <= number <= LARGEST:
        raise ValueError(
            f"curvature must be > 0, between {1 / LARGEST:g} and {LARGEST:g}, "
            f"got {value!r}"
        )
    return number


def _floor(value: float, base: float) -> float:
    number = _real(value)
    if not 0 <= number <= base:
        raise ValueError(f"floor must be in [0, base = {base}], got {value!r}")
    return number


def _floats(name: str, values: ArrayLike, shape: tuple[str, ...]) -> ndarray:
    """A new array of finite float64 >= 0 with one axis for each name in ``shape``."""
    given = np.asarray(values)
    try:
        if given.dtype.kind not in "iufO":
            raise TypeError
        array: ndarray = given.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be real numbers, got {values!r}") from None
    if array.ndim != len(shape):
        wanted = ", ".join(shape) + ("," if len(shape) == 1 else "")
        raise ValueError(f"{name} must have shape ({wanted}), got {array.shape}")
    if not ((array >= 0) & (array <= LARGEST)).all():
        raise ValueError(f"{name} must be in [0, {LARGEST:g}], got {values!r}")
    return array
