"""Quicksort and quickselect: a pivot parts elements into less, equal and greater."""

from collections.abc import Iterable
from operator import index
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


# --8<-- [start:part]
def _part(out: list[Any], lo: int, hi: int, pivot: Any) -> tuple[int, int]:
    """Reorder ``out[lo:hi]`` into < pivot, == pivot, > pivot; where the middle is."""
    lt, i, gt = lo, lo, hi  # out[i:gt] has not been looked at
    while i < gt:
        if out[i] < pivot:
            out[lt], out[i] = out[i], out[lt]
            lt, i = lt + 1, i + 1
        elif pivot < out[i]:
            gt -= 1
            out[i], out[gt] = out[gt], out[i]  # i stays: what came is new
        else:
            i += 1
    return lt, gt
    # --8<-- [end:part]


def partition3(a: Iterable[T], pivot: T) -> tuple[list[T], int, int]:
    """A new list in three zones: less than the pivot, equal to it, greater; not stable.

    Args:
        a: elements that can be compared with the pivot by ``<``.
        pivot: need not be among them.

    Returns:
        The list, and two borders lt and gt: ``[:lt]`` is less than the pivot,
        ``[lt:gt]`` equal to it, ``[gt:]`` greater.
    """
    out = list(a)
    return out, *_part(out, 0, len(out), pivot)


# --8<-- [start:sort]
def quick_sort(a: Iterable[T], seed: int = 0) -> list[T]:
    """Part by a random pivot, then sort both sides; not stable, no recursion.

    Args:
        a: elements of which any two can be compared by ``<``.
        seed: of the pivots, an integer.

    Raises:
        ValueError: if the seed is no integer, or an element is less than itself: a
            ``<`` that means "at most" would part without end.
    """
    out, draw = list(a), _random(seed)
    waiting = [(0, len(out))]
    while waiting:
        lo, hi = waiting.pop()
        if hi - lo > 1:
            lt, gt = _part(out, lo, hi, out[draw.randrange(lo, hi)])
            if lt == gt:
                raise ValueError("no element may be less than itself")
            sides = [(lo, lt), (gt, hi)]
            # The shorter side on top: at most log2 n longer ones wait below it.
            waiting += sorted(sides, key=lambda side: side[0] - side[1])
    return out
    # --8<-- [end:sort]


# --8<-- [start:select]
def quickselect(a: Iterable[T], k: int, seed: int = 0) -> T:
    """The k-th smallest, from 0: part, and go on in the one side that holds place k.

    Args:
        a: elements of which any two can be compared by ``<``.
        k: 0 for the least, n - 1 for the greatest; the j-th *largest* is n - j.
        seed: of the pivots, an integer.

    Raises:
        ValueError: if k is no integer from 0 to n - 1, the seed no integer, or an
            element less than itself.
    """
    out, draw = list(a), _random(seed)
    k = _integer(k, "k")
    if not 0 <= k < len(out):
        raise ValueError(f"k must be from 0 to n - 1, got {k} with n = {len(out)}")
    lo, hi = 0, len(out)
    while True:
        lt, gt = _part(out, lo, hi, out[draw.randrange(lo, hi)])
        if lt == gt:
            raise ValueError("no element may be less than itself")
        if k < lt:
            hi = lt
        elif k >= gt:
            lo = gt
        else:
            return out[k]
    # --8<-- [end:select]


def _random(seed: int) -> Random:
    return Random(_integer(seed, "seed"))


def _integer(number: int, name: str) -> int:
    try:
        return index(number)
    except TypeError:
        raise ValueError(f"{name} must be an integer, got {number!r}") from None
