"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from collections.abc import Sequence
from numbers import Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


def _method(method: str, known: Sequence[str]) -> None:
    if not isinstance(method, str) or method not in known:
        raise ValueError(f"method must be one of {', '.join(known)}, got {method!r}")


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


def _finite(name: str, value: float) -> float:
    number = _real(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {value}")
    return number


def _at_least_zero(name: str, value: float) -> float:
    number = _real(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"{name} must be finite and >= 0, got {value}")
    return number


def _below_one(name: str, value: float) -> float:
    number = _real(value)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be in [0, 1), got {value}")
    return number


def _curvature(name: str, value: float) -> float:
    """Positive, and far enough from both ends of the floats for sums and inverses."""
    number = _real(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be finite and > 0, got {value}")
    if not 1e-150 <= number <= 1e150:
        raise ValueError(f"{name} must be between 1e-150 and 1e+150, got {value}")
    return number


def _floats(name: str, values: ArrayLike) -> ndarray:
    """A new array of float64; text and complex numbers are no such numbers."""
    given = np.asarray(values)
    try:
        if given.dtype.kind in "biufO":
            return given.astype(float)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"{name} must be real numbers of float64, got {values!r}")
