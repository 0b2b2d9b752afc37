"""Example calls of snippets.algorithms.maximum_gap."""

import numpy as np

from snippets.algorithms import maximum_gap as m
from tests.inputs import Example, Promises, example

NUMS = [13, 2, 27, 0, 1, 26, 3]

EXAMPLES: list[Example] = [
    example(m.maximum_gap, NUMS),
    example(m.maximum_gap_sorted, NUMS),
    example(m.bucket_layout, NUMS),
    example(m.maximum_gap_float, [0.1, 0.25, 1.0]),
    example(m.maximum_gap_float, np.array([0.5, 0.25, 1.0, 7.0])),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
