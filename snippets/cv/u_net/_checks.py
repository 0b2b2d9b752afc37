"""What the functions want of their arguments."""

import math
import operator
from typing import Any

import numpy as np
from numpy import ndarray


def integer(name: str, value: int, least: int) -> int:
    """A Python integer of numpy's or Python's own, no truth value."""
    wrong = isinstance(value, bool | np.bool_)
    try:
        number = operator.index(value)
    except TypeError:
        wrong = True
    if wrong or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def real(name: str, value: float, least: float, above: bool = False) -> float:
    """A finite number >= least, or > least."""
    sign = ">" if above else ">="
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    wrong = isinstance(value, str | bytes | bool | np.bool_)
    low = number <= least if above else number < least
    if wrong or not math.isfinite(number) or low:
        raise ValueError(f"{name} must be a number {sign} {least:g}, got {value!r}")
    return number


def array(name: str, values: Any) -> ndarray:
    """An array of numbers, none of them complex, not masked."""
    try:
        found = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        kind = type(values).__name__
        raise ValueError(f"{name} must hold numbers, got a {kind}: {error}") from error
    if isinstance(values, np.ma.MaskedArray) or found.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers, got dtype {found.dtype}")
    return found


def picture(name: str, values: Any) -> ndarray:
    """A float64 array (h, w) of finite numbers, neither side 0."""
    found = array(name, values).astype(np.float64)
    if found.ndim != 2 or 0 in found.shape:
        raise ValueError(f"{name} must have shape (h, w), got {found.shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return found


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {allowed}, got {value!r}")
    return value


def truth(name: str, value: bool) -> None:
    """True or False, no number."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
