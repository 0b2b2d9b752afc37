"""What is no count and no positive number is refused here."""

import contextlib
import math
import operator
from numbers import Real

_LARGEST = 1e30  # products of a few such numbers stay finite in float64


def _number(name: str, value: float, zero: bool = False) -> float:
    """A number in the range, as a float; NaN and True are none."""
    known = isinstance(value, Real) and not isinstance(value, bool)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge integer
        number = math.inf
    if not (1e-30 <= number <= _LARGEST or (zero and number == 0)):
        wanted = f"{'0 or ' if zero else ''}a number from 1e-30 to 1e30"
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def _count(name: str, value: int) -> int:
    """An integer from 1 on; True is none, though Python counts it as one."""
    if not isinstance(value, bool):
        with contextlib.suppress(TypeError):
            number = operator.index(value)
            if 1 <= number <= _LARGEST:
                return number
    raise ValueError(f"{name} must be an integer from 1 to 1e30, got {value!r}")


def _flag(name: str, value: bool) -> bool:
    if value not in (True, False):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value
