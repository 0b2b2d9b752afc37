"""The median of two sorted arrays: a search for the place to cut.

References:
    LeetCode 4, "Median of Two Sorted Arrays".
"""

from collections.abc import Sequence
from fractions import Fraction
from math import inf

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
        ValueError: if both are empty, one has several axes, a number that is read is
            NaN or no real number, the two in the middle are -inf and inf, or the
            median lies beyond float64.
    """
    a, b = sequence(a), sequence(b)
    if len(b) < len(a):
        a, b = b, a  # so that j below stays within b
    m, n = len(a), len(b)
    if n == 0:
        raise ValueError("need a value, got two empty sequences")
    half = (m + n + 1) // 2  # values left of the cut; the middle one is left
    i = first_true(0, m, lambda i: exact(b[half - i - 1]) <= exact(a[i]))
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
    """The mean, rounded once: the sum of two floats may be rounded, or overflow."""
    if left == -inf and right == inf:
        raise ValueError("need a median, got one between -inf and inf")
    for x in (left, right):
        if x in (-inf, inf):
            return float(x)
    return _float((Fraction(left) + Fraction(right)) / 2)
