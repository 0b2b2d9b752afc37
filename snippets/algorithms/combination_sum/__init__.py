"""Backtracking: all combinations of candidates that add up to a target, each once.

A combination has no order, so each is built in one order only: by rising index into the
sorted candidates. With reuse (part 1) a level starts at the index of the last pick; if
each number may be used once (part 2), at the one after it, and among equal candidates
a level tries the first alone. Candidates are positive integers: 0 could be taken for
ever. Target 0 has one combination, the empty one.

References:
    LeetCode 39, "Combination Sum"; LeetCode 40, "Combination Sum II".
    Knuth, "The Art of Computer Programming", volume 4B, section 7.2.2 (backtracking).
"""

from .counts import (
    count_combinations,
    count_once,
    count_ordered,
    search_nodes,
    search_nodes_once,
)
from .search import (
    combination_sum,
    combination_sum_once,
    combination_sum_recursive,
    each_combination,
)

__all__ = [
    "combination_sum",
    "combination_sum_once",
    "combination_sum_recursive",
    "count_combinations",
    "count_once",
    "count_ordered",
    "each_combination",
    "search_nodes",
    "search_nodes_once",
]
