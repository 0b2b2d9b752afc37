"""What is no number, no integer of the wanted range, or no text is refused here."""

from collections.abc import Iterable
from math import inf
from numbers import Real
from operator import index


def _number(name: str, x: float, least: float | None = None) -> float:
    """Python's own number, since numpy's may overflow; ValueError unless finite."""
    sort = isinstance(x, Real) and not isinstance(x, bool)
    if not sort or x != x or x in (inf, -inf) or (least is not None and x < least):
        bound = "" if least is None else f" >= {least}"
        raise ValueError(f"{name} must be a finite number{bound}, got {x!r}")
    return x.item() if hasattr(x, "item") else x


def _numbers(
    name: str, values: Iterable[float], least: float | None = None
) -> list[float]:
    return [_number(name, x, least) for x in values]


def _integer(name: str, x: int, least: int) -> int:
    """Python's own integer from ``least`` on; else ValueError."""
    try:
        found = None if isinstance(x, bool) else index(x)
    except TypeError:
        found = None
    if found is None or found < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {x!r}")
    return found


def _text(name: str, x: str) -> str:
    if not isinstance(x, str):
        raise ValueError(f"{name} must be a string, got {x!r}")
    return x
