"""The gradient as difference quotients, to check one that was derived."""

import math
from collections.abc import Callable
from numbers import Real

import numpy as np

from ._checks import LARGEST, _no_overflow, _numbers


# --8<-- [start:numerical]
def numerical_gradient(
    f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5
) -> np.ndarray:
    """Central differences (f(x + h) - f(x - h)) / 2h, one entry at a time; like x.

    In float64, whatever comes. ``x`` is left alone: ``f`` gets changed copies of it,
    and must use them.

    Args:
        f: gives one number for an array like ``x``; called twice for each entry.
        x: of any shape.
        h: the step, finite and above 0.

    Raises:
        ValueError: if h is not above 0, or too small to change an entry of x, or f
            does not give one finite number, or a quotient overflows.
    """
    x = _numbers("x", x)
    step = math.nan if isinstance(h, bool) or not isinstance(h, Real) else _float(h)
    if not 0 < step < LARGEST:
        raise ValueError(f"h must be finite and > 0, below {LARGEST}, got {h!r}")
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] += step
        below[place] -= step
        taken = above[place] - below[place]  # 2 h, but for rounding
        if not below[place] < x[place] < above[place]:
            raise ValueError(f"h must be large enough to change {x[place]}, got {h}")
        gradient[place] = (_one(f(above)) - _one(f(below))) / taken
    return _no_overflow("the quotient", gradient)
    # --8<-- [end:numerical]


def _one(value: float) -> float:
    number = math.nan if np.ndim(value) or isinstance(value, str) else _float(value)
    if not math.isfinite(number):
        raise ValueError(f"f must give one finite number, got {value!r}")
    return number


def _float(value: float) -> float:
    """As Python's float; NaN, which is refused, if it cannot be one."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
