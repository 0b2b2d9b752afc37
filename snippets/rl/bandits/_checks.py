"""What is no mean, no count, no probability and no number is refused here."""

import math
import operator
from numbers import Real
from typing import Any

import numpy as np


def _row(name: str, values: Any, low: float, high: float) -> np.ndarray:
    """One row of at least one number in [low, high], in float64, a copy; no NaN."""
    wanted = f"{name} must be a row of numbers in [{low:g}, {high:g}]"
    if high == math.inf:
        wanted = f"{name} must be a row of finite numbers"
        wanted += " >= 0" if low == 0 else ""
    try:
        if not hasattr(values, "dtype"):
            row = np.array([_number(name, value, -math.inf) for value in values])
        elif np.asarray(values).dtype.kind in "iuf":
            row = np.asarray(values).astype(float)
        else:
            raise TypeError
    except (TypeError, ValueError, RuntimeError):  # the last: a tensor with a gradient
        raise ValueError(f"{wanted}, got {values!r}") from None
    if row.ndim != 1 or not row.size or not np.isfinite(row).all():
        raise ValueError(f"{wanted}, got {values!r}")
    if (row < low).any() or (row > high).any():
        raise ValueError(f"{wanted}, got {values!r}")
    return row


def _number(
    name: str, value: Any, low: float, high: float = math.inf, open_: bool = False
) -> float:
    """A finite number in [low, high], or above low."""
    if high < math.inf:
        wanted = f"a number in [{low:g}, {high:g}]"
    elif low == -math.inf:
        wanted = "a finite number"
    else:
        wanted = f"a finite number {'>' if open_ else '>='} {low:g}"
    try:
        if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
            raise TypeError
        number = float(value)
    except (TypeError, OverflowError):
        raise ValueError(f"{name} must be {wanted}, got {value!r}") from None
    inside = low < number if open_ else low <= number
    if not math.isfinite(number) or not inside or number > high:
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def _integer(name: str, value: Any, low: int, high: float = math.inf) -> int:
    """An integer in [low, high]; True is none, though Python counts it as one."""
    wanted = f"an integer >= {low}"
    if high < math.inf:
        wanted = f"an integer from {low} to {high:g}"
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be {wanted}, got {value!r}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number
