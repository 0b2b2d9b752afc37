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
    """A finite number, as a float; no text, and no truth value."""
    wrong = isinstance(value, str | bytes | bool | np.bool_)
    try:
        number = math.nan if wrong else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return number


def choice(name: str, value: str, choices: tuple[str, str]) -> str:
    """One of two words."""
    if not isinstance(value, str) or value not in choices:
        wanted = " or ".join(repr(word) for word in choices)
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return value


def flag(name: str, value: bool) -> bool:
    """True or False, and nothing that merely counts as one of them."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)
