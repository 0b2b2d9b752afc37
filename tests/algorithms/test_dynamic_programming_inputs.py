"""Example calls of snippets.algorithms.dynamic_programming."""

import numpy as np

from snippets.algorithms import dynamic_programming as m
from tests.inputs import Example, Promises, example

PRICES = [1.0, 3.0, 2.0, 8.0, 4.0, 9.0]

EXAMPLES: list[Example] = [
    example(m.burst_balloons, [3, 1, 5, 8]),
    example(m.climb_ways, 5, (1, 2, 3)),
    example(m.fewest_coins, [1, 2, 5], 11),
    example(m.house_robber, [2.0, 7.0, 9.0, 3.0, 1.0]),
    example(m.house_robber, np.array([0.5, 1.5, 1.0]), circular=True),
    example(m.increasing_lengths, [2.0, 5.0, 3.0, 7.0, 1.0]),
    example(m.longest_increasing, np.array([0.5, 0.5, 2.0, 1.0]), strict=False),
    example(m.longest_increasing, [2.0, 5.0, 3.0, 7.0, 1.0]),
    example(m.max_subarray, np.array([-0.5, 2.0, -1.0, 1.5])),
    example(m.stock_profit, PRICES, fee=2.0, cooldown=1),
    example(m.stock_profit, np.array(PRICES), transactions=2),
    example(m.word_break, "catsandog", ["cats", "dog", "sand"]),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
