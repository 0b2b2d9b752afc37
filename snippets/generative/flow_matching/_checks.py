"""What the functions want of their arguments."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

_LARGEST = 1e50  # so that products with times stay finite
_MOST_STEPS = 1_000_000


def _array(name: str, values: Any) -> np.ndarray:
    """A float64 copy of finite numbers."""
    try:
        given = np.asarray(values)
        if isinstance(values, np.ma.MaskedArray) or given.dtype.kind not in "iufO":
            raise TypeError("masked, complex, text, truth values or dates")
        if given.dtype.kind == "O" and not all(map(_real, given.flat)):
            raise TypeError("objects that are no real numbers")
        array = np.array(values, dtype=float)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from error
    wrong = ~(np.abs(array) <= _LARGEST)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {_LARGEST:g} in size,"
            f" got {array[wrong].flat[0]}"
        )
    return array


def _same_shape(name: str, values: Any, other: str, like: np.ndarray) -> np.ndarray:
    array = _array(name, values)
    if array.shape != like.shape:
        raise ValueError(
            f"{name} must have the shape of {other}, {like.shape}, got {array.shape}"
        )
    return array


def _real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _number(name: str, value: float, positive: bool = False) -> float:
    """A number of at most 1e50, above 0 or from 0 on."""
    try:
        number = float(value) if _real(value) else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not 0 <= number <= _LARGEST or (positive and number == 0):
        start = "above 0 and up to" if positive else "from 0 to"
        raise ValueError(f"{name} must be a number {start} {_LARGEST:g}, got {value!r}")
    return number


def _count(name: str, value: int) -> int:
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if not 1 <= number <= _MOST_STEPS:
        wanted = f"an integer from 1 to {_MOST_STEPS}"
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def _times(t: Any, interval: str = "[0, 1]") -> np.ndarray:
    """Times in the interval; a round bracket leaves out its end."""
    times = _array("t", t)
    low = times > 0 if interval[0] == "(" else times >= 0
    high = times < 1 if interval[-1] == ")" else times <= 1
    wrong = ~(low & high)
    if wrong.any():
        raise ValueError(f"t must be in {interval}, got {times[wrong].flat[0]}")
    return times


def _row_times(t: Any, x: np.ndarray, interval: str = "[0, 1]") -> np.ndarray:
    """Times that broadcast against x: one for all, or one for each row."""
    times = _times(t, interval)
    if times.ndim and times.shape != x.shape[:1]:
        raise ValueError(
            f"t must be a number, or have shape {x.shape[:1]}, one for each row,"
            f" got shape {times.shape}"
        )
    return times.reshape(times.shape + (1,) * (x.ndim - 1)) if times.ndim else times


def _name(name: str, value: str, known: Sequence[str]) -> str:
    if not (isinstance(value, str) and value in known):
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def _finite(result: np.ndarray) -> np.ndarray:
    if not np.isfinite(result).all():
        raise ValueError(
            "the result must fit into float64, got an overflow:"
            " t is too close to 0 or 1, or std to 0, for these numbers"
        )
    return result
