"""An ascending array that was rotated: its end moved to its front.

References:
    LeetCode 33, 81, "Search in Rotated Sorted Array"; 153, 154, "Find Minimum in
    Rotated Sorted Array".
"""

from collections.abc import Sequence
from typing import Any

from ._checks import comparable, sequence


# --8<-- [start:search]
def search_rotated(a: Sequence[Any], x: Any) -> int | None:
    """Any index of x; None if it is absent.

    Args:
        a: ascending, then rotated by any number of places; values may be equal.
        x: what to look for.

    Raises:
        TypeError: if ``a`` is no sequence, such as an iterator.
        ValueError: if x is NaN, or ``a`` has several axes.
    """
    a, x = sequence(a), comparable(x)
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        first, middle, last = a[lo], a[mid], a[hi - 1]
        if middle == x:
            return mid
        if first == middle == last:
            lo, hi = lo + 1, hi - 1  # says nothing of either half
        elif first <= middle:  # the left half is ascending
            if first <= x < middle:
                hi = mid
            else:
                lo = mid + 1
        elif middle < x <= last:  # the right half is ascending
            lo = mid + 1
        else:
            hi = mid
    return None
    # --8<-- [end:search]


# --8<-- [start:minimum]
def minimum_rotated(a: Sequence[Any]) -> Any:
    """The least value.

    Args:
        a: at least one value; ascending, then rotated; values may be equal.

    Raises:
        TypeError: if ``a`` is no sequence, such as an iterator.
        ValueError: if there is no value, or ``a`` has several axes.
    """
    a = sequence(a)
    lo, hi = 0, len(a) - 1  # the minimum exists: hi is a candidate here
    if hi < lo:
        raise ValueError(f"need at least one value, got {len(a)}")
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[hi] < a[mid]:
            lo = mid + 1  # the drop is to the right of mid
        elif a[mid] < a[hi]:
            hi = mid
        else:
            hi -= 1  # equal: an equal value stays, at mid
    return a[lo]
    # --8<-- [end:minimum]
