"""What goes in, checked once at the border."""

from collections.abc import Iterable, Mapping, Set
from operator import index


def whole(x: int) -> int:
    """An integer of Python's, or of a type derived from it; True and False are none."""
    if isinstance(x, bool):
        raise ValueError(f"want integers, got {x}")
    try:
        return x if isinstance(x, int) else index(x)
    except TypeError:
        raise ValueError(f"want integers, got {_shown(x)}") from None


def integers(a: Iterable[int]) -> list[int]:
    """A list of them; a set or a mapping has no places."""
    return [whole(x) for x in items(a, "integers")]


def items(given: Iterable[object], what: str) -> list[object]:
    """A list of whatever a sequence or an iterator gives."""
    if isinstance(given, Set | Mapping | str | bytes | bytearray):
        raise ValueError(f"want a sequence of {what}, got {_shown(given)}")
    try:
        return list(given)
    except TypeError:
        raise ValueError(f"want a sequence of {what}, got {_shown(given)}") from None


def at_least(x: int, least: int, name: str) -> int:
    """An integer that is not below ``least``."""
    try:
        found = whole(x)
        if found >= least:
            return found
    except ValueError:
        pass
    raise ValueError(f"want {name} to be an integer >= {least}, got {_shown(x)}")


def half_open(lo: int, hi: int, size: int, names: str) -> tuple[int, int]:
    """Two integers with 0 <= lo <= hi <= size."""
    lo, hi = whole(lo), whole(hi)
    if not 0 <= lo <= hi <= size:
        got = f"{_shown(lo)} and {_shown(hi)}"
        raise ValueError(f"want 0 <= {names} <= {size}, got {got}")
    return lo, hi


def _shown(x: object) -> str:
    try:
        return repr(x)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return f"{type(x).__name__} of too many digits to show"
