"""What is no point, no weight and no setting is refused here."""

import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

OFF = 1e-6  # a covariance may miss symmetry, or 0, by so much of its largest number


def _array(name: str, values: Any, shape: str, least: int, most: int) -> np.ndarray:
    """Finite numbers, at least one, in float64, with least to most axes."""
    wanted = f"{name} must be finite numbers of shape {shape}, at least one"
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "iuf" or isinstance(values, np.ma.MaskedArray):
            raise TypeError
        with np.errstate(over="ignore"):  # a longdouble beyond float64 is refused below
            numbers = np.asarray(values, float)
    except (TypeError, ValueError, RuntimeError):  # the last: a tensor with a graph
        raise ValueError(f"{wanted}, got {values!r}") from None
    if not least <= numbers.ndim <= most or not numbers.size:
        raise ValueError(f"{wanted}, got shape {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{wanted}, got {values!r}")
    return numbers


def _row(name: str, values: Any) -> np.ndarray:
    return _array(name, values, "(n,)", 1, 1)


def _weights(name: str, values: Any, points: np.ndarray) -> np.ndarray:
    """Weights >= 0, divided by a power of two so that the largest is in [½, 1)."""
    weights = np.ones(len(points)) if values is None else _row(name, values)
    if len(weights) != len(points):
        raise ValueError(f"{name} must be {len(points)} numbers, got {len(weights)}")
    if (weights < 0).any() or not weights.any():
        raise ValueError(f"{name} must be >= 0, and one of them > 0, got {values!r}")
    return np.ldexp(weights, -int(np.frexp(weights.max())[1]))


def _covariance(name: str, values: Any, d: int) -> np.ndarray:
    c = _array(name, values, f"({d}, {d})", 2, 2)
    if c.shape != (d, d):
        raise ValueError(f"{name} must have shape ({d}, {d}), got {c.shape}")
    largest = abs(c).max()
    if (abs(c / 2 - c.T / 2) > OFF / 2 * largest).any():
        raise ValueError(f"{name} must be symmetric, got {values!r}")
    scaled = c / largest if largest else c
    lowest = np.linalg.eigvalsh(scaled / 2 + scaled.T / 2)[0]
    if lowest < -OFF:
        raise ValueError(
            f"{name} must have no eigenvalue below 0, got {lowest * largest}"
        )
    return c


def _choice(name: str, value: Any, known: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def _number(name: str, value: Any) -> float:
    """A finite number, not below 0."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not isinstance(value, Real) or not 0 <= number < math.inf:
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")
    return number


def _count(name: str, value: Any, least: int) -> int:
    """An integer; True is none, though Python counts it as one."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number
