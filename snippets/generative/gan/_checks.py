"""What is no law, no logit and no setting is refused here."""

import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

OFF = 1e-6  # a sum may miss 1 by so much: float32, not a mistake


def _numbers(name: str, values: Any) -> np.ndarray:
    """A row of finite numbers, at least one, in float64."""
    wanted = f"{name} must be a row of finite numbers, at least one"
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "iuf":
            raise TypeError
        with np.errstate(over="ignore"):  # a longdouble beyond float64 is refused below
            numbers = np.array(values, float)  # a copy
    except (TypeError, ValueError, RuntimeError):  # the last: a tensor with a graph
        raise ValueError(f"{wanted}, got {values!r}") from None
    if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
        raise ValueError(f"{wanted}, got {values!r}")
    return numbers


def _law(name: str, values: Any) -> np.ndarray:
    """Probabilities that sum to 1: what float32 left out or added is divided out."""
    p = _numbers(name, values)
    # More than 2 is wrong before the sum can overflow.
    if (p < 0).any() or (p > 2).any() or abs(p.sum() - 1) > OFF:
        raise ValueError(f"{name} must be >= 0 with the sum 1, got {values!r}")
    return p / p.sum()


def _laws(p: Any, q: Any) -> tuple[np.ndarray, np.ndarray]:
    p, q = _law("p", p), _law("q", q)
    _alike("p", p, "q", q)
    return p, q


def _alike(one: str, a: np.ndarray, other: str, b: np.ndarray) -> None:
    if a.shape != b.shape:
        raise ValueError(
            f"{one} and {other} must have one length, got {len(a)} and {len(b)}"
        )


def _chances(name: str, values: Any) -> np.ndarray:
    chances = _numbers(name, values)
    if (chances < 0).any() or (chances > 1).any():
        raise ValueError(f"{name} must lie in [0, 1], got {values!r}")
    return chances


def _choice(name: str, value: Any, known: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def _number(name: str, value: Any, zero: bool) -> float:
    """A finite number, above 0 or not below it."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    fine = isinstance(value, Real) and 0 <= number < math.inf and (zero or number > 0)
    if not fine:
        sign = ">=" if zero else ">"
        raise ValueError(f"{name} must be a finite number {sign} 0, got {value!r}")
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


def _point(name: str, values: Any) -> tuple[float, float]:
    point = _numbers(name, values)
    if len(point) != 2:
        raise ValueError(f"{name} must be two numbers, got {values!r}")
    return float(point[0]), float(point[1])
