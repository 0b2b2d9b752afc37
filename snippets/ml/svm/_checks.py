"""What the functions here refuse, each with what is wanted and what came."""

import contextlib
import math
import operator
from numbers import Real

import numpy as np

LARGEST = 1e150  # squares of sums of a few more must not overflow


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as Python's int; numpy's integers are integers, True is not."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _real(name: str, value: float) -> float:
    number = math.nan
    if isinstance(value, Real) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):  # of 10**400, say
            number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def _positive(name: str, value: float) -> float:
    number = _real(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    return number


def _array(name: str, values: np.ndarray, axes: int) -> np.ndarray:
    """``values`` as float64, not empty, small enough to be squared."""
    try:
        if np.asarray(values).dtype.kind in "cmMSU":
            raise TypeError
        numbers = np.asarray(values, float)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from None
    if numbers.ndim != axes or numbers.size == 0:
        raise ValueError(
            f"{name} must have {axes} axes and not be empty, got {numbers.shape}"
        )
    if not (np.abs(numbers) < LARGEST).all():
        raise ValueError(f"{name} must be finite, below {LARGEST}, got {numbers}")
    return numbers


def _finite(name: str, result: float) -> float:
    """``result`` as Python's float, or a complaint about the argument ``name``."""
    if not math.isfinite(result):
        raise ValueError(f"{name} must leave the result finite, it is {result}")
    return float(result)


def _vector(name: str, values: np.ndarray, n: int) -> np.ndarray:
    numbers = _array(name, values, 1)
    if numbers.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), got {numbers.shape}")
    return numbers


def _labels(y: np.ndarray, n: int) -> np.ndarray:
    """Labels -1.0 and 1.0, shape (n,)."""
    numbers = _vector("y", y, n)
    if not (np.abs(numbers) == 1).all():
        raise ValueError(f"y must be -1 or 1, got {numbers}")
    return numbers


def _square(K: np.ndarray, n: int) -> np.ndarray:
    """A kernel matrix, shape (n, n); what rounding left of asymmetry is taken out."""
    K = _array("K", K, 2)
    if K.shape != (n, n):
        raise ValueError(f"K must have shape ({n}, {n}), got {K.shape}")
    apart = np.abs(K - K.T).max()
    if apart > 1e-9 * np.abs(K).max():
        raise ValueError(
            f"K must be symmetric, got entries that differ from their mirror by {apart}"
        )
    return (K + K.T) / 2
