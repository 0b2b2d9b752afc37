"""Knapsacks: the best total value, of items taken once, often, or one of a group.

Items are numbered from 0, table rows from 0 items to n. Volumes and the capacity are
integers >= 0; values are integers of any sign. The total volume is at most the capacity
unless ``exact`` asks for just that.

References:
    Cui Tianyi, "Nine Lectures on Knapsack Problems" (in Chinese),
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
