"""What the functions of the package ask of a number, a table and a step size."""

import math
from collections.abc import Callable
from numbers import Integral, Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


def integer(name: str, value: int, least: int, most: int | None = None) -> int:
    """An integer of Python's within its bounds."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        wanted = f">= {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be an integer {wanted}, got {value!r}")
    return int(value)


def share(name: str, value: float, wanted: str = "[0, 1]") -> float:
    """A number in [0, 1], or without an end that a round bracket leaves out."""
    number = float(value) if isinstance(value, Real) else math.nan
    out = (wanted[0] == "(" and number == 0) or (wanted[-1] == ")" and number == 1)
    if not 0 <= number <= 1 or out:
        raise ValueError(f"{name} must be in {wanted}, got {value!r}")
    return number


def real(name: str, value: float) -> float:
    """A finite number."""
    number = float(value) if isinstance(value, Real) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def truth(name: str, value: bool) -> bool:
    """True or False, of Python's or numpy's."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def table(name: str, q: ArrayLike) -> ndarray:
    """A copy of the action values in float64."""
    q = np.array(q, dtype=np.float64)
    if q.ndim != 2 or not q.size or not np.isfinite(q).all():
        wanted = f"{name} must be finite, shape (S, A)"
        raise ValueError(f"{wanted}, got shape {q.shape}: {q}")
    return q


def finite(value: float) -> float:
    """The same number; ValueError if it overflowed."""
    if not math.isfinite(value):
        raise ValueError(f"values must stay finite, got {value}")
    return value


def step_sizes(
    alpha: float | Callable[[int], float],
) -> Callable[[int], float]:
    """Step size of each visit n = 1, 2, ..., each in (0, 1]."""
    if not callable(alpha):
        constant = share("alpha", alpha, "(0, 1]")
        return lambda _: constant
    return lambda n: share(f"alpha({n})", alpha(n), "(0, 1]")
