"""The largest gap between neighbours in sorted order, in linear time, without sorting.

n values over a range R have n - 1 gaps, so one of them is at least R / (n - 1). Put the
values into buckets so narrow that two of one bucket are never that far apart: then the
largest gap lies between buckets, and of each bucket only the least and the greatest
value count. Fewer than two values have no gap; the answer is 0.

References:
    Preparata, Shamos, "Computational Geometry", Springer 1985,
    doi:10.1007/978-1-4612-1098-6 (MAX GAP, an algorithm of Gonzalez, 1975).
    LeetCode 164, "Maximum Gap".
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite
from numbers import Real
from operator import index

__all__ = ["bucket_layout", "maximum_gap", "maximum_gap_float", "maximum_gap_sorted"]

Buckets = list[tuple[int, int] | None]


# --8<-- [start:sorted]
def maximum_gap_sorted(nums: Sequence[int]) -> int:
    """The definition itself: sort, then look at all neighbours; O(n log n).

    Args:
        nums: integers, in any order.

    Raises:
        ValueError: for anything that is no integer, True and False among them.
    """
    ordered = sorted(_integers(nums))
    return max((after - before for before, after in pairwise(ordered)), default=0)
    # --8<-- [end:sorted]


# --8<-- [start:layout]
def bucket_layout(nums: Sequence[int]) -> tuple[int, int, Buckets]:
    """Width and number of the buckets, and the (least, greatest) value of each.

    Args:
        nums: at least two integers.

    Returns:
        Width (an integer >= 1), number of buckets (at most 2 (n - 1)), and the buckets;
        one without values is None.

    Raises:
        ValueError: for fewer than two values, or anything that is no integer.
    """
    nums = _integers(nums)
    if len(nums) < 2:
        raise ValueError(f"need at least two values, got {len(nums)}")
    low, span = min(nums), max(nums) - min(nums)
    width = max(1, span // (len(nums) - 1))  # 0 if there are more values than places
    buckets: Buckets = [None] * (span // width + 1)  # + 1: the maximum needs one, too
    for x in nums:
        k = (x - low) // width
        least, greatest = buckets[k] or (x, x)
        buckets[k] = min(least, x), max(greatest, x)
    return width, len(buckets), buckets
    # --8<-- [end:layout]


# --8<-- [start:gap]
def maximum_gap(nums: Sequence[int]) -> int:
    """Largest gap between neighbours of the sorted values, in O(n) time and memory.

    Args:
        nums: integers of any size and sign, in any order.

    Raises:
        ValueError: for anything that is no integer, True and False among them.
    """
    nums = _integers(nums)
    if len(nums) < 2:
        return 0
    used = [bucket for bucket in bucket_layout(nums)[2] if bucket]
    return max(
        (after[0] - before[1] for before, after in pairwise(used)), default=0
    )  # all values equal: one bucket
    # --8<-- [end:gap]


# --8<-- [start:float]
def maximum_gap_float(xs: Sequence[float]) -> float:
    """The same for real numbers; equal to the largest difference after sorting.

    With n buckets of width R / n instead of R / (n - 1), two values of one bucket are
    closer than the largest gap, also after rounding, for n up to 3 * 10^7.

    Args:
        xs: finite numbers, in any order; float64 holds them in the computation.

    Raises:
        ValueError: for NaN, an infinity, a number beyond float64, or anything that is
            no real number.
    """
    xs = [_finite(x) for x in xs]
    n, low, high = len(xs), min(xs, default=0.0), max(xs, default=0.0)
    if low == high:
        return 0.0
    scale = 1.0 if isfinite(high - low) else 0.5  # the range itself may overflow
    span = high * scale - low * scale
    buckets: list[tuple[float, float] | None] = [None] * n
    for x in xs:
        k = min(int((x * scale - low * scale) / span * n), n - 1)  # the maximum: n
        least, greatest = buckets[k] or (x, x)
        buckets[k] = min(least, x), max(greatest, x)
    used = [bucket for bucket in buckets if bucket]
    return max(after[0] - before[1] for before, after in pairwise(used))
    # --8<-- [end:float]


def _integers(nums: Sequence[int]) -> list[int]:
    """Python's own integers, which do not overflow."""
    found = []
    for x in nums:
        try:
            found.append(index(x))
        except TypeError:
            raise ValueError(f"need integers, got {x!r}") from None
        if isinstance(x, bool):
            raise ValueError(f"need integers, got {x!r}")
    return found


def _finite(x: float) -> float:
    """Python's own float; ValueError unless ``x`` is a real number that it can hold."""
    if isinstance(x, bool) or not isinstance(x, Real):
        raise ValueError(f"need real numbers, got {x!r}")
    try:
        found = float(x)
    except OverflowError:
        found = inf
    if not isfinite(found):
        raise ValueError(f"need finite numbers, got {x}")
    return found
