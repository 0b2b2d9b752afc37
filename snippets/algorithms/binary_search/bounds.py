"""The two bounds of a value, and the first true answer of any monotone question.

References:
    Bentley, "Programming Pearls", column 4 (the search derived from its invariant).
"""

from collections.abc import Callable, Sequence
from typing import Any

from ._checks import comparable, integer, sequence


# --8<-- [start:lower]
def lower_bound(a: Sequence[Any], x: Any) -> int:
    """First index whose value is not less than x; ``len(a)`` if all are less.

    Args:
        a: ascending; not changed, and not checked, since that would read all of it.
        x: anything that the values can be compared with by ``<``, which is theirs:
            numpy's float32 rounds a Python float first.

    Returns:
        An index from 0 to ``len(a)``: where x can be inserted, before its equals.

    Raises:
        TypeError: if ``a`` is no sequence, such as an iterator.
        ValueError: if x is NaN, or ``a`` has several axes.
    """
    a, x = sequence(a), comparable(x)  # refuses iterators, NaN
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[mid] < x:
            lo = mid + 1  # mid and all to its left are less: out
        else:
            hi = mid  # mid may be the answer: it stays, as the end
    return lo
    # --8<-- [end:lower]


# --8<-- [start:first]
def first_true(lo: int, hi: int, predicate: Callable[[int], Any]) -> int:
    """First integer in [lo, hi) for which the predicate is true; hi if there is none.

    Args:
        lo: first candidate.
        hi: the answer if no candidate is true; the predicate is never called at it.
        predicate: false up to some integer, true from there on.

    Raises:
        ValueError: unless both ends are integers with lo <= hi.
    """
    lo, hi = integer(lo, "lo"), integer(hi, "hi")
    if hi < lo:
        raise ValueError(f"need lo <= hi, got {lo} and {hi}")
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if predicate(mid):
            hi = mid
        else:
            lo = mid + 1
    return lo
    # --8<-- [end:first]


# --8<-- [start:upper]
def upper_bound(a: Sequence[Any], x: Any) -> int:
    """First index whose value is greater than x; ``len(a)`` if there is none.

    Args:
        a: ascending.
        x: anything that can be compared with the values by ``<``.

    Returns:
        An index from 0 to ``len(a)``: where x can be inserted, after its equals.

    Raises:
        TypeError: if ``a`` is no sequence, such as an iterator.
        ValueError: if x is NaN, or ``a`` has several axes.
    """
    a, x = sequence(a), comparable(x)
    return first_true(0, len(a), lambda i: x < a[i])
    # --8<-- [end:upper]
