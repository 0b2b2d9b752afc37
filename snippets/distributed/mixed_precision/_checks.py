"""What the functions want of their arguments."""

import math
import operator
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np


def _numbers(name: str, values: Any) -> np.ndarray:
    """A float64 copy that equals what was given; NaN and infinities may be in it."""
    try:
        given = np.asarray(values)
    except (TypeError, RuntimeError) as error:  # a tensor in bfloat16, or with a graph
        raise ValueError(
            f"{name} must be numbers that numpy reads, got {values!r}"
        ) from error
    except ValueError as error:
        raise ValueError(f"{name} must be numbers, got {values!r}") from error
    if isinstance(values, np.ma.MaskedArray) or (
        given.size and given.dtype.kind not in "fiu"
    ):
        masked = isinstance(values, np.ma.MaskedArray)
        kind = "a masked array" if masked else f"{values!r}"
        raise ValueError(f"{name} must be numbers, got {kind}")
    with np.errstate(over="ignore"):  # of a long double
        array = np.array(given, dtype=np.float64)
    if _changed(given, array):
        raise ValueError(f"{name} must be numbers that float64 holds, got {values!r}")
    return array


def _changed(given: np.ndarray, array: np.ndarray) -> bool:
    """Whether a large integer or a long double was rounded on the way to float64."""
    if given.dtype.kind in "iu":
        large = np.abs(array) >= 2.0**53
        pairs = zip(given[large].tolist(), array[large].tolist(), strict=True)
        return any(
            whole != number for whole, number in pairs
        )  # Python compares exactly
    if given.dtype.kind != "f":  # of no numbers
        return False
    return bool(((given != array) & ~np.isnan(array)).any())


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
    text = isinstance(values, str | bytes | bytearray)
    if isinstance(values, Iterable) and not text and not isinstance(values, np.ndarray):
        try:
            values = list(values)
        except TypeError as error:  # a tensor of no axis
            raise ValueError(f"{name} must have one axis, got {values!r}") from error
    elif text:
        raise ValueError(f"{name} must be numbers, got {values!r}")
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
