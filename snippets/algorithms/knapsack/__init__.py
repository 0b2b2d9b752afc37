"""The 0-1 knapsack: each item is taken once or not at all, for the best total value.

Items are numbered from 0, table rows from 0 items to n. Volumes and the capacity are
integers >= 0; values are integers of any sign. "At most j" is the reading of every cell
unless ``exact`` asks for "exactly j".

References:
    Cui Tianyi, "Nine Lectures on Knapsack Problems" (in Chinese), lecture 1,
    https://github.com/tianyicui/pack.
    Kellerer, Pferschy, Pisinger, "Knapsack Problems", Springer 2004,
    doi:10.1007/978-3-540-24777-7.
"""

from .by_value import knapsack_approximate, knapsack_by_value
from .variants import (
    binary_split,
    knapsack_complete,
    knapsack_grouped,
    knapsack_multiple,
    knapsack_multiple_queue,
)
from .zero_one import count_subsets, knapsack_01, knapsack_2d, knapsack_items

__all__ = [
    "binary_split",
    "count_subsets",
    "knapsack_01",
    "knapsack_2d",
    "knapsack_approximate",
    "knapsack_by_value",
    "knapsack_complete",
    "knapsack_grouped",
    "knapsack_items",
    "knapsack_multiple",
    "knapsack_multiple_queue",
]
