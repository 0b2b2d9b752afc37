"""Oracles: brute force, for what frames say."""

import itertools

from tests.frames import captions


def test_the_largest_gap_is_that_of_the_sorted_values():
    values = sorted([13, 2, 27, 0, 1, 26, 3])
    gap = max(b - a for a, b in itertools.pairwise(values))
    assert captions("algorithms/maximum_gap")[-1].startswith(f"The answer is {gap}. ")
