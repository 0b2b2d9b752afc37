"""Counting sort and radix sort: no comparisons, but integers as keys."""

from collections.abc import Callable, Iterable
from itertools import accumulate
from operator import index
from typing import Any, TypeVar

T = TypeVar("T")


# --8<-- [start:counting]
def counting_sort(
    a: Iterable[T], size: int, key: Callable[[T], int] | None = None
) -> list[T]:
    """Count the keys, then put each element where its key's places begin; stable.

    Args:
        a: elements, n of them.
        size: keys are integers from 0 to size - 1; time and memory are O(n + size).
        key: of an element; without it the elements are the keys.

    Raises:
        ValueError: if the size is no integer >= 0, or a key no integer of that range.
    """
    items, size = list(a), _integer(size, "size")
    if size < 0:
        raise ValueError(f"size must be an integer >= 0, got {size}")
    keys = [_integer(x if key is None else key(x), "a key") for x in items]
    if wrong := [k for k in keys if not 0 <= k < size]:
        raise ValueError(f"keys must be from 0 to {size} - 1, got {wrong[0]}")
    counts = [0] * size
    for k in keys:
        counts[k] += 1
    place = [0, *accumulate(counts)]  # of key k: after all elements with smaller keys
    out: list[Any] = [None] * len(items)
    for k, x in zip(keys, items):
        out[place[k]] = x
        place[k] += 1
    return out
    # --8<-- [end:counting]


# --8<-- [start:radix]
def radix_sort(a: Iterable[int], base: int = 256) -> list[int]:
    """One stable counting sort for each digit, the last digit first.

    Digits are those of x - min(a), so that negative integers need no care.

    Args:
        a: integers of any size and sign, n of them.
        base: values of a digit, at least 2; d digits take O(d (n + base)).

    Returns:
        Python's own integers.

    Raises:
        ValueError: if base is no integer >= 2, or for anything that is no integer,
            True and False among them.
    """
    out, base = [_integer(x, "an element") for x in a], _integer(base, "base")
    if base < 2:
        raise ValueError(f"base must be an integer >= 2, got {base}")
    low, span = min(out, default=0), max(out, default=0) - min(out, default=0)
    unit = 1
    while unit <= span:
        out = counting_sort(out, base, lambda x, unit=unit: (x - low) // unit % base)
        unit *= base
    return out
    # --8<-- [end:radix]


def _integer(number: int, name: str) -> int:
    """Python's own integer, which does not overflow."""
    try:
        found = index(number)
    except TypeError:
        raise ValueError(f"{name} must be an integer, got {number!r}") from None
    if isinstance(number, bool):
        raise ValueError(f"{name} must be an integer, got {number!r}")
    return found
