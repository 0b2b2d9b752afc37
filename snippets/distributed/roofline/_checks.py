"""What is no count and no positive number is refused here."""

import math
from numbers import Integral, Real

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
    """An integer from 1 on; True and a tensor are none, though they have an index."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        number = int(value)
        if 1 <= number <= _LARGEST:
            return number
    raise ValueError(f"{name} must be an integer from 1 to 1e30, got {value!r}")


def _flag(name: str, value: bool) -> bool:
    # NumPy's own are called so too; 1 and 0 are none, and a tensor may have no truth.
    if type(value).__name__ not in ("bool", "bool_"):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value
