"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from numbers import Real

import numpy as np

OFF = 1e-6  # a sum may miss 1 by so much: float32, not a mistake


def _numbers(name: str, values: np.ndarray) -> np.ndarray:
    """``values`` as float64; text, dates and complex numbers are no numbers here."""
    try:
        given = np.asarray(values)
        if given.dtype.kind in "cmMSU" or any(
            isinstance(x, str | bytes) for x in given.flat if given.dtype == object
        ):
            raise TypeError
        return np.array(values, float)  # a copy
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from None


def _finite(name: str, values: np.ndarray) -> np.ndarray:
    numbers = _numbers(name, values)
    if not numbers.size or not np.isfinite(numbers).all():
        raise ValueError(f"{name} must be finite numbers, at least one, got {values}")
    return numbers


def _distribution(name: str, values: np.ndarray) -> np.ndarray:
    """Probabilities that sum to 1: what float32 left out or added is divided out."""
    p = _finite(name, values)
    # More than 2 is wrong before the sum can overflow.
    if (p < 0).any() or (p > 2).any() or abs(p.sum() - 1) > OFF:
        raise ValueError(f"{name} must be >= 0 with the sum 1, got {values}")
    return p / p.sum()


def _pair(p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    p, q = _distribution("p", p), _distribution("q", q)
    _alike("p", p, "q", q)
    return p.ravel(), q.ravel()


def _alike(one: str, a: np.ndarray, other: str, b: np.ndarray) -> None:
    if a.shape != b.shape:
        raise ValueError(
            f"{one} and {other} must have one shape, got {a.shape} and {b.shape}"
        )


def _real(value: float) -> float:
    """``value`` as a float; NaN, which every caller refuses, if it is none."""
    try:
        return float(value) if isinstance(value, Real) else math.nan
    except OverflowError:
        return math.nan


def _unit(base: float | None) -> float:
    """What a nat is divided by."""
    if base is None:
        return 1.0
    number = _real(base)
    if not 1 < number < math.inf:
        raise ValueError(f"base must be a finite number > 1, or None, got {base}")
    return math.log(number)


def _probabilities(name: str, values: np.ndarray) -> np.ndarray:
    p = _finite(name, values)
    if (p < 0).any() or (p > 1).any():
        raise ValueError(f"{name} must lie in [0, 1], got {values}")
    return p


def _probability(name: str, value: float) -> float:
    number = _real(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must be a number in [0, 1], got {value}")
    return number


def _labels(y: np.ndarray, n_classes: int) -> np.ndarray:
    values = _finite("y", y)
    if not ((values == np.floor(values)) & (values >= 0) & (values < n_classes)).all():
        raise ValueError(f"y must be integers in 0..{n_classes - 1}, got {y}")
    return values.astype(int)


def _gamma(gamma: float) -> float:
    number = _real(gamma)
    if not 0 <= number < math.inf:
        raise ValueError(f"gamma must be finite and >= 0, got {gamma}")
    return number


def _number(name: str, value: float, low: float, high: float) -> float:
    """A number strictly between two bounds."""
    number = _real(value)
    if not low < number < high:
        raise ValueError(f"{name} must be a number in ({low}, {high}), got {value}")
    return number


def _count(name: str, value: int, most: int) -> int:
    """An integer from 1 to ``most``."""
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if not 1 <= number <= most:
        raise ValueError(f"{name} must be an integer in 1..{most}, got {value!r}")
    return number
