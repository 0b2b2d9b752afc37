"""Example calls of snippets.algorithms.binary_search."""

import numpy as np

from snippets.algorithms import binary_search as b
from tests.inputs import Example, Promises, example

VALUES, TURNED = [0.5, 0.75, 1.25, 1.25, 2.5], [1.25, 2.5, 0.5, 0.75, 1.25]

EXAMPLES: list[Example] = [
    example(b.lower_bound, VALUES, 1.25),
    example(b.lower_bound, np.array(VALUES), 1.25),
    example(b.upper_bound, VALUES, 1.25),
    example(b.upper_bound, np.array(VALUES), 1.25),
    example(b.first_true, 2, 9, lambda i: i >= 5),
    example(b.first_true_float, -3.0, 2.5, lambda t: t >= 0.1),
    example(b.least_largest_sum, [7, 2, 5, 10, 8], 2),
    example(b.search_rotated, TURNED, 0.75),
    example(b.search_rotated, np.array(TURNED), 0.75),
    example(b.minimum_rotated, TURNED),
    example(b.median_sorted, VALUES, [0.25, 1.5, 3.5]),
    example(b.median_sorted, np.array(VALUES), np.array([0.25, 1.5, 3.5])),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
