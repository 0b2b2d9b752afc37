"""Example calls of snippets.algorithms.knapsack."""

from snippets.algorithms import knapsack as k
from tests.inputs import Example, Promises, example

VOLUMES, VALUES, COUNTS = [1, 2, 3, 4], [2, 4, 4, 5], [3, 1, 3, 2]

EXAMPLES: list[Example] = [
    example(k.binary_split, 13),
    example(k.count_subsets, [1, 2, 3, 4], 5),
    example(k.knapsack_01, VOLUMES, VALUES, 5),
    example(k.knapsack_01, VOLUMES, VALUES, 5, exact=True),
    example(k.knapsack_2d, VOLUMES, VALUES, 5),
    example(k.knapsack_approximate, VOLUMES, VALUES, 5, 2),
    example(k.knapsack_by_value, VOLUMES, VALUES, 5, unit=2),
    example(k.knapsack_complete, VOLUMES, VALUES, 5, exact=True),
    example(k.knapsack_grouped, [[(1, 2), (2, 4)], [(3, 4)], [(4, 5)]], 5),
    example(k.knapsack_items, VOLUMES, VALUES, 5),
    example(k.knapsack_multiple, VOLUMES, VALUES, COUNTS, 5),
    example(k.knapsack_multiple_queue, VOLUMES, VALUES, COUNTS, 5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
