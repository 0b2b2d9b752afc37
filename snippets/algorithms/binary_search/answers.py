"""Searching the answer: guess it, check the guess, halve what is left.

References:
    LeetCode 410, "Split Array Largest Sum".
"""

from collections.abc import Callable, Iterable
from struct import pack, unpack
from typing import Any

from ._checks import finite, integer
from .bounds import first_true


# --8<-- [start:split]
def least_largest_sum(nums: Iterable[int], parts: int) -> int:
    """The least possible largest sum, if nums is cut into that many runs of neighbours.

    Args:
        nums: integers >= 0.
        parts: number of runs, none empty; from 1 to the number of values.

    Raises:
        ValueError: for a negative number, anything that is no integer, or parts out of
            range.
    """
    nums = [integer(x, "in nums") for x in nums]
    parts = integer(parts, "parts")
    if not 1 <= parts <= len(nums):
        raise ValueError(f"need from 1 to {len(nums)} parts, got {parts}")
    if min(nums) < 0:
        raise ValueError(f"need numbers >= 0, got {min(nums)}")

    def fits(limit: int) -> bool:
        used, total = 1, 0
        for x in nums:
            if total + x > limit:  # greedy: a run ends only where it must
                used, total = used + 1, 0
            total += x
        return used <= parts

    return first_true(max(nums), sum(nums), fits)
    # --8<-- [end:split]


# --8<-- [start:float]
def first_true_float(lo: float, hi: float, predicate: Callable[[float], Any]) -> float:
    """First float64 in [lo, hi) for which the predicate is true; hi if there is none.

    The search runs over the numbers that exist, in order, so it is exact and takes at
    most 64 calls.

    Args:
        lo: first candidate, finite; rounded, if it is an integer or a fraction that
            float64 does not have.
        hi: the answer if no candidate is true, finite; the predicate is never called
            at it.
        predicate: false up to some number, true from there on.

    Raises:
        ValueError: unless both ends are finite real numbers with lo <= hi.
    """
    lo, hi = finite(lo, "lo"), finite(hi, "hi")
    if hi < lo:
        raise ValueError(f"need lo <= hi, got {lo} and {hi}")
    return _number(first_true(_rank(lo), _rank(hi), lambda k: predicate(_number(k))))


def _rank(x: float) -> int:
    """How many float64 numbers lie from 0 to x, with the sign of x."""
    (bits,) = unpack("<q", pack("<d", abs(x)))
    return -bits if x < 0 else bits


def _number(rank: int) -> float:
    (x,) = unpack("<d", pack("<q", abs(rank)))
    return -x if rank < 0 else x
    # --8<-- [end:float]
