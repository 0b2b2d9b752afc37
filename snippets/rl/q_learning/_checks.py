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


def number(value: float) -> float:
    """A number of Python's or numpy's; NaN for what is none, or has no float."""
    try:
        return float(value) if isinstance(value, Real) else math.nan
    except OverflowError:
        return math.nan


def share(name: str, value: float, wanted: str = "[0, 1]") -> float:
    """A number in [0, 1], or without an end that a round bracket leaves out."""
    x = number(value)
    out = (wanted[0] == "(" and x == 0) or (wanted[-1] == ")" and x == 1)
    if not 0 <= x <= 1 or out:
        raise ValueError(f"{name} must be in {wanted}, got {value!r}")
    return x


def real(name: str, value: float) -> float:
    """A finite number."""
    x = number(value)
    if not math.isfinite(x):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return x


def truth(name: str, value: bool) -> bool:
    """True or False, of Python's or numpy's."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def numbers(name: str, values: ArrayLike) -> ndarray:
    """A copy in float64; no text is read, and no imaginary part lost."""
    array = np.asarray(values)
    if array.dtype.kind not in "buifO":
        raise ValueError(f"{name} must be real numbers, got {array.dtype}")
    try:
        return np.array(array, dtype=np.float64)
    except OverflowError:
        raise ValueError(f"{name} must be finite, got an integer too large") from None


def table(name: str, q: ArrayLike) -> ndarray:
    """A copy of the action values in float64."""
    q = numbers(name, q)
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
