"""What goes in, checked once at the border."""

from collections.abc import Iterable, Mapping, Set
from operator import index


def whole(x: int) -> int:
    """An integer of Python's, or of a type derived from it; True and False are none."""
    if isinstance(x, bool):
        raise ValueError(f"want integers, got {x!r}")
    try:
        return x if isinstance(x, int) else index(x)
    except TypeError:
        raise ValueError(f"want integers, got {x!r}") from None


def integers(a: Iterable[int]) -> list[int]:
    """A list of them; a set or a mapping has no places."""
    return [whole(x) for x in items(a, "integers")]


def items(given: Iterable[object], what: str) -> list[object]:
    """A list of whatever a sequence or an iterator gives."""
    if isinstance(given, Set | Mapping | str | bytes):
        raise ValueError(f"want a sequence of {what}, got {given!r}")
    try:
        return list(given)
    except TypeError:
        raise ValueError(f"want a sequence of {what}, got {given!r}") from None


def at_least(x: int, least: int, name: str) -> int:
    """An integer that is not below ``least``."""
    wanted = f"want {name} to be an integer >= {least}, got {x!r}"
    try:
        found = whole(x)
    except ValueError:
        raise ValueError(wanted) from None
    if found < least:
        raise ValueError(wanted)
    return found


def half_open(lo: int, hi: int, size: int, names: str) -> tuple[int, int]:
    """Two integers with 0 <= lo <= hi <= size."""
    lo, hi = whole(lo), whole(hi)
    if not 0 <= lo <= hi <= size:
        raise ValueError(f"want 0 <= {names} <= {size}, got {lo} and {hi}")
    return lo, hi
