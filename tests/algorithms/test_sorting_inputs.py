"""Example calls of snippets.algorithms.sorting."""

import numpy as np

from snippets.algorithms import sorting as s
from tests.inputs import Example, Promises, example

WORDS = ["merge", "quick", "heap", "radix", "heap"]
FLOATS = np.array([0.5, -1.0, 2.0, 0.25])

EXAMPLES: list[Example] = [
    example(s.bubble_sort, WORDS),
    example(s.selection_sort, WORDS),
    example(s.insertion_sort, WORDS),
    example(s.insertion_sort, [2.5, -1.0, 0.5]),
    example(s.merge_sort, WORDS, key=len),
    example(s.quick_sort, WORDS, seed=3),
    example(s.heap_sort, WORDS),
    example(s.radix_sort, [170, 45, -75, 90, 2], base=10),
    example(s.counting_sort, [2, 0, 1, 2], 3),
    example(s.quickselect, WORDS, 2, seed=1),
    example(s.partition3, WORDS, "heap"),
    example(s.count_inversions, WORDS),
    example(s.count_inversions, FLOATS),
    example(s.comparisons, s.merge_sort, WORDS),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
