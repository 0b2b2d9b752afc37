"""What the functions want of their arguments."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

_LARGEST = 1e50  # so that products with what a schedule holds stay finite
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


def _number(name: str, value: float, low: float, high: float) -> float:
    try:
        number = float(value) if _real(value) else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not low <= number <= high:
        raise ValueError(
            f"{name} must be a number from {low:g} to {high:g}, got {value!r}"
        )
    return number


def _count(name: str, value: int, low: int = 1, most: int = _MOST_STEPS) -> int:
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if not low <= number <= most:
        wanted = f"an integer from {low} to {most}"
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def _times(t: Any, steps: int, x: np.ndarray) -> np.ndarray:
    """Indices that broadcast against x: one for all, or one for each row."""
    wanted = f"an integer from 0 to {steps - 1}"
    try:
        given = np.asarray(t)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"t must be {wanted}, or an array of them, got {t!r}"
        ) from error
    if given.dtype.kind not in "iu" or isinstance(t, np.ma.MaskedArray):
        raise ValueError(f"t must be {wanted}, or an array of them, got {t!r}")
    if given.ndim and given.shape != x.shape[:1]:
        raise ValueError(
            f"t must be {wanted}, or have shape {x.shape[:1]}, one for each row,"
            f" got shape {given.shape}"
        )
    wrong = (given < 0) | (given >= steps)
    if wrong.any():
        raise ValueError(f"t must be {wanted}, got {given[wrong].flat[0]}")
    return given.reshape(given.shape + (1,) * (x.ndim - 1)) if given.ndim else given


def _generator(rng: np.random.Generator) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    return rng


def _name(name: str, value: str, known: Sequence[str]) -> str:
    if not (isinstance(value, str) and value in known):
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value
