"""The longest palindrome in a string, as a substring and as a subsequence.

References:
    LeetCode 5, "Longest Palindromic Substring", and 516, "Longest Palindromic
    Subsequence".
"""

from collections.abc import Iterable
from typing import Any

from ._checks import _equal, _text
from .linear import _last_row


# --8<-- [start:substring]
def longest_palindrome(s: str) -> str:
    """The longest substring that reads the same backwards; of several, the leftmost.

    Raises:
        ValueError: for what is no string.
    """
    text = _text("s", s)
    start = stop = 0
    for centre in range(2 * len(text) - 1):  # a letter, or the gap behind it
        left, right = centre // 2, (centre + 1) // 2
        while left >= 0 and right < len(text) and text[left] == text[right]:
            left, right = left - 1, right + 1
        if right - left - 1 > stop - start:
            start, stop = left + 1, right
    return text[start:stop]
    # --8<-- [end:substring]


# --8<-- [start:subsequence]
def longest_palindromic_subsequence(s: Iterable[Any]) -> int:
    """How many elements the longest subsequence has that is a palindrome.

    Raises:
        ValueError: for what has no order, or more than one axis, and for NaN.
    """
    items = _equal("s", s)  # each alone is a palindrome, so it has to equal itself
    return _last_row(items, items[::-1])[-1]
    # --8<-- [end:subsequence]
