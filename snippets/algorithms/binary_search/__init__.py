"""Binary search: halve an interval until one boundary between false and true is left.

Intervals are half-open, [lo, hi), and indices count from 0. ``lo`` moves only past what
is false, ``hi`` only onto what is true; the answer is where the two meet.

References:
    Knuth, "The Art of Computer Programming", volume 3, section 6.2.1.
    Bentley, "Programming Pearls", column 4.
    Python's documentation of ``bisect``.
    LeetCode 4, 33, 34, 81, 153, 154, 162, 410, 704, 875, 1011.
"""

from .answers import first_true_float, least_largest_sum
from .bounds import first_true, lower_bound, upper_bound
from .rotated import minimum_rotated, search_rotated
from .split import median_sorted

__all__ = [
    "first_true",
    "first_true_float",
    "least_largest_sum",
    "lower_bound",
    "median_sorted",
    "minimum_rotated",
    "search_rotated",
    "upper_bound",
]
