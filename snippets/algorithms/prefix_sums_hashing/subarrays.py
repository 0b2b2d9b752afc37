"""Subarrays with a given sum: which earlier prefix sum would make it?"""

from collections import Counter
from collections.abc import Iterable

from ._checks import at_least, integers, whole


# --8<-- [start:count]
def count_subarrays_with_sum(a: Iterable[int], k: int) -> int:
    """Number of ranges l < r whose sum is k; LeetCode 560.

    Args:
        a: integers of any sign.
        k: an integer.

    Raises:
        ValueError: for anything that is no integer.
    """
    a, k = integers(a), whole(k)
    seen = Counter([0])  # how often each prefix sum has come; p[0] = 0 has, once
    total = count = 0
    for x in a:
        total += x
        count += seen[total - k]  # before the next line: the empty range is none
        seen[total] += 1
    return count
    # --8<-- [end:count]


# --8<-- [start:longest]
def longest_subarray_with_sum(a: Iterable[int], k: int) -> int:
    """Length of the longest range l < r whose sum is k; LeetCode 325.

    Args:
        a: integers of any sign.
        k: an integer.

    Returns:
        The length; 0 if there is no such range.

    Raises:
        ValueError: for anything that is no integer.
    """
    a, k = integers(a), whole(k)
    first = {0: 0}  # prefix sum -> its first place
    total = longest = 0
    for r, x in enumerate(a, start=1):
        total += x
        if total - k in first:
            longest = max(longest, r - first[total - k])
        first.setdefault(total, r)  # a later place would make shorter ranges
    return longest
    # --8<-- [end:longest]


# --8<-- [start:divisible]
def count_divisible_subarrays(a: Iterable[int], m: int) -> int:
    """Number of ranges l < r whose sum is a multiple of m; LeetCode 974.

    Args:
        a: integers of any sign.
        m: an integer >= 1.

    Raises:
        ValueError: for m below 1, and for anything that is no integer.
    """
    a, m = integers(a), at_least(m, 1, "m")
    seen = Counter([0])
    remainder = count = 0
    for x in a:
        remainder = (remainder + x) % m  # from 0 to m - 1, of negative sums too
        count += seen[remainder]
        seen[remainder] += 1
    return count
    # --8<-- [end:divisible]
