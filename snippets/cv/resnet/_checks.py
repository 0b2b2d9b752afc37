"""What the functions want of their arguments."""

import math
import operator

import numpy as np


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


def finite(name: str, value: float) -> float:
    """A finite number, as a float."""
    try:
        number = math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def flag(name: str, value: bool) -> bool:
    """True or False, and nothing that merely counts as one of them."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)
