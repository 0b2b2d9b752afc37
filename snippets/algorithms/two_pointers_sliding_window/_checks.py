"""What goes in, checked once at the border."""

from collections.abc import Iterable, Mapping, Set
from itertools import pairwise
from operator import index


def whole(x: int) -> int:
    """An integer of Python's, or of a type derived from it; True and False are none."""
    if isinstance(x, bool):
        raise ValueError(f"want integers, got {x!r}")
    try:
        return x if isinstance(x, int) else index(x)
    except TypeError:
        raise ValueError(f"want integers, got {x!r}") from None


def integers(nums: Iterable[int], least: int | None = None) -> list[int]:
    """A list of them, none below ``least``; a set or a mapping has no places."""
    if isinstance(nums, Set | Mapping | str):
        raise ValueError(f"want a sequence of integers, got {nums!r}")
    try:
        given = iter(nums)
    except TypeError:
        raise ValueError(f"want integers, got {nums!r}") from None
    found = [whole(x) for x in given]
    if least is not None and found and min(found) < least:
        raise ValueError(f"want integers >= {least}, got {min(found)}")
    return found


def rising(nums: Iterable[int]) -> list[int]:
    """A list of integers of which none is below the one before it."""
    found = integers(nums)
    for before, after in pairwise(found):
        if after < before:
            raise ValueError(f"want rising order, got {before} before {after}")
    return found


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


def text(s: str, name: str) -> str:
    """A string."""
    if not isinstance(s, str):
        raise TypeError(f"want {name} to be a string, got {s!r}")
    return s
