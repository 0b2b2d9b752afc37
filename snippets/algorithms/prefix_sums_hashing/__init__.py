"""What was seen before, kept so that it need not be looked at again.

The sum of a range is the difference of two prefix sums, and a hash table finds the one
that is wanted. Ranges are half-open: ``l`` is inside, ``r`` is not. All numbers are
integers of any size and sign: floats are refused, as their sums are rounded.

References:
    LeetCode 1, 128, 238, 303, 304, 325, 560, 974, 1109.
    Crow, "Summed-area tables for texture mapping", SIGGRAPH 1984,
    doi:10.1145/800031.808600 (two dimensions).
"""

from .differences import apply_range_updates
from .products import product_except_self
from .rectangles import PrefixSum2D
from .seen import longest_consecutive, two_sum
from .subarrays import (
    count_divisible_subarrays,
    count_subarrays_with_sum,
    longest_subarray_with_sum,
)
from .sums import prefix_sums

__all__ = [
    "PrefixSum2D",
    "apply_range_updates",
    "count_divisible_subarrays",
    "count_subarrays_with_sum",
    "longest_consecutive",
    "longest_subarray_with_sum",
    "prefix_sums",
    "product_except_self",
    "two_sum",
]
