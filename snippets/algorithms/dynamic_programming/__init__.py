"""Dynamic programming: name the subproblems, solve each once, in an order that works.

A state says what must be known to go on, a transition how its answer comes from
smaller states. The table holds one answer a state, and leads back to the choices.
Places are counted from 0, stretches are half-open. True and False are no numbers here.

References:
    Bellman, "The theory of dynamic programming", Bulletin of the American Mathematical
    Society 60, 1954, doi:10.1090/S0002-9904-1954-09848-8 (the principle of optimality).
    Schensted, "Longest increasing and decreasing subsequences", Canadian Journal of
    Mathematics 13, 1961, doi:10.4153/CJM-1961-015-3.
"""

from .coins import fewest_coins
from .houses import house_robber
from .intervals import burst_balloons
from .stairs import climb_ways
from .stocks import stock_profit
from .subarrays import max_subarray
from .subsequences import increasing_lengths, longest_increasing
from .words import word_break

__all__ = [
    "burst_balloons",
    "climb_ways",
    "fewest_coins",
    "house_robber",
    "increasing_lengths",
    "longest_increasing",
    "max_subarray",
    "stock_profit",
    "word_break",
]
