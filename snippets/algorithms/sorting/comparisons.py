"""A counter of comparisons, for any sort that asks ``<`` of its elements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


# --8<-- [start:comparisons]
class _Counted:
    """An element that counts how often it is asked whether it is less."""

    __slots__ = ("asked", "value")

    def __init__(self, value: Any, asked: list[int]) -> None:
        self.value, self.asked = value, asked

    def __lt__(self, other: _Counted) -> bool:
        self.asked[0] += 1
        return bool(self.value < other.value)


def comparisons(sort: Callable[[list[Any]], Any], a: Iterable[Any]) -> int:
    """How many times ``sort`` asks ``<`` of two elements of ``a``.

    Args:
        sort: called once with a list; its result is not looked at.
        a: elements of which any two can be compared by ``<``.

    Raises:
        ValueError: if ``sort`` cannot be called.
    """
    if not callable(sort):
        raise ValueError(f"sort must be a function, got {sort!r}")
    asked = [0]
    sort([_Counted(x, asked) for x in a])
    return asked[0]
    # --8<-- [end:comparisons]
