"""Selection, bubble and insertion sort: two loops, and at most n(n-1)/2 comparisons."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


# --8<-- [start:selection]
def selection_sort(a: Iterable[T]) -> list[T]:
    """Fetch the least of the rest to the front, again and again; not stable.

    Always n(n-1)/2 comparisons, at most n-1 swaps.

    Args:
        a: elements of which any two can be compared by ``<``.
    """
    out = list(a)
    for i in range(len(out)):
        least = i
        for j in range(i + 1, len(out)):
            if out[j] < out[least]:
                least = j
        out[i], out[least] = out[least], out[i]
    return out
    # --8<-- [end:selection]


# --8<-- [start:bubble]
def bubble_sort(a: Iterable[T]) -> list[T]:
    """Swap neighbours that stand the wrong way round, until none does; stable.

    n-1 comparisons if the input is sorted, n(n-1)/2 at most.

    Args:
        a: elements of which any two can be compared by ``<``.
    """
    out = list(a)
    end = len(out)
    while end > 1:
        last = 0  # where the last swap was: from there on all is in place
        for j in range(1, end):
            if out[j] < out[j - 1]:
                out[j - 1], out[j] = out[j], out[j - 1]
                last = j
        end = last
    return out
    # --8<-- [end:bubble]


# --8<-- [start:insertion]
def insertion_sort(a: Iterable[T]) -> list[T]:
    """Put each element into the sorted part on its left; stable, adaptive.

    Args:
        a: elements of which any two can be compared by ``<``.
    """
    out = list(a)
    for i in range(1, len(out)):
        x, j = out[i], i
        while j > 0 and x < out[j - 1]:
            out[j] = out[j - 1]
            j -= 1
        out[j] = x
    return out
    # --8<-- [end:insertion]
