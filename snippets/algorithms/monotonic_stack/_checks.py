"""What is no number, or no integer of the wanted range, is refused here."""

from collections.abc import Iterable
from numbers import Integral, Real
from operator import index


def _number(name: str, x: float) -> float:
    """Python's own number, since numpy's may overflow; ValueError unless it has one."""
    span = isinstance(x, Integral) and not hasattr(x, "__index__")  # numpy's durations
    if span or isinstance(x, bool) or not isinstance(x, Real) or x != x:
        raise ValueError(f"{name} must be a number and not NaN, got {x!r}")
    return x.item() if hasattr(x, "item") else x


def _numbers(name: str, values: Iterable[float]) -> list[float]:
    return [_number(name, x) for x in values]


def _integer(
    name: str, x: int, least: int | None = None, most: int | None = None
) -> int:
    """Python's own integer, within the bounds if there are any; else ValueError."""
    try:
        found = None if isinstance(x, bool) else index(x)
    except TypeError:
        found = None
    low = found is not None and least is not None and found < least
    if found is None or low or (most is not None and found > most):
        bounds = "" if least is None else f" from {least} to {most}"
        raise ValueError(f"{name} must be an integer{bounds}, got {x!r}")
    return found


def _text(name: str, x: str) -> str:
    if not isinstance(x, str):
        raise ValueError(f"{name} must be a string, got {x!r}")
    return x
