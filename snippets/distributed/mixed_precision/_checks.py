"""What the functions want of their arguments."""

import math
import operator
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np


def _numbers(name: str, values: Any) -> np.ndarray:
    """A float64 copy; NaN and infinities may be in it."""
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must be numbers, got {values!r}") from error
    if isinstance(values, np.ma.MaskedArray) or (
        given.size and given.dtype.kind not in "fiu"
    ):
        masked = isinstance(values, np.ma.MaskedArray)
        kind = "a masked array" if masked else f"{values!r}"
        raise ValueError(f"{name} must be numbers, got {kind}")
    return np.array(given, dtype=np.float64)


def _finite(name: str, values: Any, most: float = 1e300) -> np.ndarray:
    array = _numbers(name, values)
    wrong = ~(np.abs(array) <= most)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must be finite numbers of at most {most:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array


def _vector(name: str, values: Any) -> np.ndarray:
    array = _finite(name, values)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must have one axis, not empty, got {array.shape}")
    return array


def _floats(name: str, values: Any) -> list[float]:
    """A flat sequence, or another iterable, of numbers."""
    if isinstance(values, Iterable) and not isinstance(values, str | np.ndarray):
        values = list(values)
    array = _numbers(name, values)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one axis, got shape {array.shape}")
    return [float(value) for value in array]


def _integer(name: str, value: Any, least: int) -> int:
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _between(name: str, value: Any, low: float, high: float) -> float:
    """A number between two bounds, neither of which it may be."""
    known = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not low < number < high:  # NaN is not either
        raise ValueError(
            f"{name} must be a number between {low:g} and {high:g}, got {value!r}"
        )
    return number


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)
