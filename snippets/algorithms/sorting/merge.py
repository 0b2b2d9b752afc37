"""Merge sort, and what merging counts besides: inversions."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


# --8<-- [start:merge]
def _merge(left: Sequence[Any], right: Sequence[Any]) -> tuple[list[Any], int]:
    """Two sorted lists of (key, element) as one, and how many pairs changed sides."""
    out: list[Any] = []
    i = j = crossed = 0
    while i < len(left) and j < len(right):
        if right[j][0] < left[i][0]:
            out.append(right[j])
            j += 1
            crossed += len(left) - i  # it passes all that are left on the left
        else:  # a tie goes to the left: this is what makes the sort stable
            out.append(left[i])
            i += 1
    return [*out, *left[i:], *right[j:]], crossed
    # --8<-- [end:merge]


# --8<-- [start:halves]
def _halves(pairs: Sequence[Any], lo: int, hi: int) -> tuple[list[Any], int]:
    """``pairs[lo:hi]`` sorted, and its inversions."""
    if hi - lo < 2:
        return list(pairs[lo:hi]), 0
    mid = (lo + hi) // 2
    left, within_left = _halves(pairs, lo, mid)
    right, within_right = _halves(pairs, mid, hi)
    merged, crossed = _merge(left, right)
    return merged, within_left + within_right + crossed
    # --8<-- [end:halves]


# --8<-- [start:sort]
def merge_sort(a: Iterable[T], key: Callable[[T], Any] | None = None) -> list[T]:
    """Sort both halves, then merge them; stable, n ceil(log2 n) comparisons at most.

    Args:
        a: elements; of any two, or of their keys, ``<`` is asked.
        key: called once for each element; the keys are compared in its place.
    """
    pairs = [(x if key is None else key(x), x) for x in a]
    return [x for _, x in _halves(pairs, 0, len(pairs))[0]]
    # --8<-- [end:sort]


# --8<-- [start:inversions]
def count_inversions(a: Iterable[Any]) -> int:
    """Number of pairs i < j with a[j] < a[i], in O(n log n).

    Args:
        a: elements of which any two can be compared by ``<``.
    """
    pairs = [(x, x) for x in a]
    return _halves(pairs, 0, len(pairs))[1]
    # --8<-- [end:inversions]
