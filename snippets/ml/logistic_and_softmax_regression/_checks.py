"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from itertools import islice
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


def _penalty(lam: float) -> float:
    number = float(lam) if isinstance(lam, Real) else -1.0  # of any width
    if not 0 <= number < LARGEST:
        raise ValueError(f"lam must be >= 0 and below {LARGEST}, got {lam}")
    return number


def _positive(name: str, value: float) -> float:
    number = float(value) if isinstance(value, Real) else 0.0  # a fraction may round
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be finite and > 0, got {value}")
    return number


def _rate(name: str, value: float) -> float:
    number = float(value) if isinstance(value, Real) else 0.0
    if not 0 < number < 1:
        raise ValueError(f"{name} must be in (0, 1), got {value}")
    return number


def _numbers(name: str, values: np.ndarray) -> np.ndarray:
    """``values`` as float64; text, dates and complex numbers are no numbers here."""
    try:
        if np.asarray(values).dtype.kind in "cmMSU":
            raise TypeError
        return np.asarray(values, float)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from None


def _finite(name: str, values: np.ndarray) -> np.ndarray:
    """``values`` as float64, small enough to be squared."""
    values = _numbers(name, values)
    if not (np.abs(values) < LARGEST).all():
        raise ValueError(f"{name} must be finite, below {LARGEST}, got {values}")
    return values


def _features(X: np.ndarray) -> np.ndarray:
    X = _finite("X", X)
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must have shape (n, d), not empty, got {X.shape}")
    return X


def _labels(y: np.ndarray, rows: int, n_classes: int) -> np.ndarray:
    """Classes as integers, shape (n,)."""
    values = _finite("y", y)
    if values.shape != (rows,):
        raise ValueError(f"y must have shape ({rows},), got {values.shape}")
    if not ((values == np.floor(values)) & (values >= 0) & (values < n_classes)).all():
        raise ValueError(f"y must be integers in 0..{n_classes - 1}, got {values}")
    return values.astype(int)


def _all_there(y: np.ndarray, n_classes: int) -> None:
    """Without an example of a class, its intercept would sink without end."""
    present = set(y.tolist())
    missing = list(islice((k for k in range(n_classes) if k not in present), 5))
    if missing:  # five are enough to name: n_classes may be a slip of any size
        raise ValueError(f"y must have an example of each class, got none of {missing}")
