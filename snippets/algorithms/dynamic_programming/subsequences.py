"""Longest increasing subsequences: a table over their ends, then over their lengths.

References:
    Schensted, "Longest increasing and decreasing subsequences", Canadian Journal of
    Mathematics 13, 1961, doi:10.4153/CJM-1961-015-3.
    LeetCode 300, "Longest Increasing Subsequence".
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from ._checks import _numbers


# --8<-- [start:lengths]
def increasing_lengths(a: Iterable[float], strict: bool = True) -> list[int]:
    """For each place, how long an increasing subsequence can be that ends there: O(n²).

    Args:
        a: finite numbers.
        strict: False lets neighbours in the subsequence be equal.

    Raises:
        ValueError: for what is no finite number.
    """
    values = _numbers("value", a)
    lengths: list[int] = []  # state i: the subsequence ends with values[i]
    for x in values:
        longest = 0
        for y, length in zip(values, lengths):
            if y < x if strict else not x < y:
                longest = max(longest, length)
        lengths.append(longest + 1)
    return lengths
    # --8<-- [end:lengths]


# --8<-- [start:longest]
def longest_increasing(a: Iterable[float], strict: bool = True) -> list[float]:
    """One of the longest increasing subsequences, as values, in O(n log n).

    Args:
        a: finite numbers.
        strict: False lets neighbours in the subsequence be equal.

    Raises:
        ValueError: for what is no finite number.
    """
    values = _numbers("value", a)
    find = bisect_left if strict else bisect_right
    tails: list[float] = []  # state k: the least end of a subsequence of k + 1 values
    ends: list[int] = []  # the place of that end
    before: list[int] = []  # for each place, the one before it in its subsequence
    for i, x in enumerate(values):
        k = find(tails, x)  # x goes on from the end of length k
        before.append(ends[k - 1] if k else -1)
        tails[k : k + 1] = [x]  # replaces a larger end, or is a new one
        ends[k : k + 1] = [i]
    chain: list[float] = []
    i = ends[-1] if ends else -1
    while i >= 0:
        chain.append(values[i])
        i = before[i]
    return chain[::-1]
    # --8<-- [end:longest]
