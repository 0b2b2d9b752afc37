"""What arguments must be; each is checked once, where it enters."""

from collections.abc import Sequence
from math import isfinite
from numbers import Real
from operator import index
from typing import Any


def sequence(a: Any) -> Any:
    """Itself, if it has a length and places that can be read in any order.

    An iterator is not read into a list: that takes n steps, and the search takes log n.
    """
    if isinstance(a, Sequence):
        return a
    axes = getattr(a, "ndim", None)
    if axes is None:
        raise TypeError(f"need a sequence, got {type(a).__name__}")
    if axes != 1:
        raise ValueError(f"need a sequence of one axis, got {axes}")
    return a


def comparable(x: Any) -> Any:
    """Itself, unless it has no place in any order: a NaN of any type, or NaT."""
    if x != x:
        raise ValueError(f"need a value that has a place in the order, got {x}")
    return x


def integer(x: Any, name: str) -> int:
    """Python's own integer, which does not overflow."""
    try:
        found = index(x)
    except TypeError:
        raise ValueError(f"need an integer {name}, got {x!r}") from None
    if isinstance(x, bool):
        raise ValueError(f"need an integer {name}, got {x!r}")
    return found


def finite(x: Any, name: str) -> float:
    """Python's own float; an infinity is no end of an interval that can be halved."""
    if isinstance(x, bool) or not isinstance(x, Real):
        raise ValueError(f"need a real number {name}, got {x!r}")
    try:
        found = float(x)
    except OverflowError:
        raise ValueError(f"need {name} within float64, got {x}") from None
    if not isfinite(found):
        raise ValueError(f"need a finite {name}, got {x}")
    return found


def exact(x: Any) -> int | float:
    """Python's own number: an integer stays exact, and neither overflows like int8."""
    if isinstance(x, bool) or not isinstance(x, Real):
        raise ValueError(f"need real numbers, got {x!r}")
    try:
        return index(x)  # type: ignore[arg-type]
    except TypeError:
        pass
    try:
        found = float(x)
    except OverflowError:
        raise ValueError(f"need numbers within float64, got {x}") from None
    if found != found:
        raise ValueError(f"need numbers in order, got {found}")
    return found
