"""The median of two sorted arrays: a search for the place to cut.

References:
    LeetCode 4, "Median of Two Sorted Arrays".
"""

from collections.abc import Sequence
from math import isfinite

from ._checks import exact, sequence
from .bounds import first_true


# --8<-- [start:median]
def median_sorted(a: Sequence[float], b: Sequence[float]) -> float:
    """Median of all values of two ascending sequences, in O(log min(m, n)) steps.

    Args:
        a: m ascending numbers.
        b: n ascending numbers; one of the two may be empty.

    Raises:
        TypeError: if one is no sequence, such as an iterator.
        ValueError: if both are empty, one has several axes, a number that matters is
            NaN or no real number, or the median lies beyond float64.
    """
    a, b = sequence(a), sequence(b)
    if len(b) < len(a):
        a, b = b, a  # so that j below stays within b
    m, n = len(a), len(b)
    if n == 0:
        raise ValueError("need a value, got two empty sequences")
    half = (m + n + 1) // 2  # values left of the cut; the middle one is left
    i = first_true(0, m, lambda i: b[half - i - 1] <= a[i])
    j = half - i
    left = max(exact(side[k - 1]) for side, k in ((a, i), (b, j)) if k > 0)
    if (m + n) % 2:
        return _float(left)
    right = min(exact(side[k]) for side, k in ((a, i), (b, j)) if k < len(side))
    return _between(left, right)
    # --8<-- [end:median]


def _float(x: float) -> float:
    try:
        return float(x)
    except OverflowError:
        raise ValueError(f"need a median within float64, got {x}") from None


def _between(left: float, right: float) -> float:
    """The mean of two numbers; the sum of large ones may leave float64."""
    try:
        mean = (left + right) / 2
    except OverflowError:
        raise ValueError(
            f"need a median within float64, got one of {left} and {right}"
        ) from None
    return mean if isfinite(mean) else left / 2 + right / 2
