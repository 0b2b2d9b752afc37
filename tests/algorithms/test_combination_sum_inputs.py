"""Example calls of snippets.algorithms.combination_sum."""

from snippets.algorithms import combination_sum as c
from tests.inputs import Example, Promises, example

MIXED = [10, 1, 2, 7, 6, 1, 5]


def _listed(*args, **kwargs):
    return list(c.each_combination(*args, **kwargs))


EXAMPLES: list[Example] = [
    example(c.combination_sum, [2, 3, 6, 7], 7),
    example(c.combination_sum_once, MIXED, 8, size=3),
    example(c.combination_sum_recursive, MIXED, 8, once=True),
    example(c.count_combinations, [2, 3, 6, 7], 7),
    example(c.count_once, MIXED, 8),
    example(c.count_ordered, [1, 2, 3], 4),
    Example(_listed, (MIXED, 8), {"once": True, "size": 3}, of=c.each_combination),
    example(c.search_nodes, [2, 3, 6, 7], 7),
    example(c.search_nodes_once, MIXED, 8),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
