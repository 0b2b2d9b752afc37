"""Example calls of snippets.algorithms.edit_distance_and_lcs."""

import numpy as np

from snippets.algorithms import edit_distance_and_lcs as m
from tests.inputs import Example, Promises, example

A, B = [1.0, 2.0, 0.5, 2.0], [2.0, 1.0, 2.0]

EXAMPLES: list[Example] = [
    example(m.damerau_distance, [1.0, 2.0, 3.0], [2.0, 1.0]),
    example(m.damerau_distance, "CA", "ABC"),
    example(m.edit_distance, [1.0, 2.0, 3.0], [2.0, 1.0], 2.0, 1.0, 1.5),
    example(m.edit_distance, np.array(A), np.array(B)),
    example(m.edit_script, [1.0, 2.0, 3.0], [2.0, 1.0]),
    example(m.edit_script, "horse", "ros"),
    example(m.lcs, A, B),
    example(m.lcs, np.array([1.0, 2.0, 3.0]), [2.0, 3.0]),
    example(m.lcs_hirschberg, np.array(A), np.array(B)),
    example(m.lcs_hirschberg, [1.0, 2.0, 3.0], [2.0, 3.0]),
    example(m.lcs_table, A, B),
    example(m.longest_palindrome, "babad"),
    example(m.longest_palindromic_subsequence, [1.0, 3.0, 2.0, 1.0]),
    example(m.longest_palindromic_subsequence, np.array(A)),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
