"""Two indices that never turn back: all pairs, or all windows, in linearly many moves.

From the two ends, each move drops a whole row or column of pairs that cannot be the
answer. In a window, the right end takes an item in and the left end lets items go while
the window is broken. Indices count from 0; a window from ``lo`` to ``hi`` holds both.

References:
    LeetCode 167, 15, 11, 42 (two ends); 26 (one direction); 3, 209, 76, 438, 992, 424
    (windows).
    Dijkstra, "The Saddleback Search", EWD934, 1985 (rows and columns dropped).
"""

from .counted import anagram_starts, min_window
from .ends import max_container, three_sum, trapped_water, two_sum_sorted
from .places import remove_duplicates
from .windows import (
    count_exactly_k_distinct,
    longest_distinct,
    longest_with_changes,
    min_length_with_sum,
    windows_at_most_k,
)

__all__ = [
    "anagram_starts",
    "count_exactly_k_distinct",
    "longest_distinct",
    "longest_with_changes",
    "max_container",
    "min_length_with_sum",
    "min_window",
    "remove_duplicates",
    "three_sum",
    "trapped_water",
    "two_sum_sorted",
    "windows_at_most_k",
]
