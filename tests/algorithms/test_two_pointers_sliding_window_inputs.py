"""Example calls of snippets.algorithms.two_pointers_sliding_window."""

from snippets.algorithms import two_pointers_sliding_window as w
from tests.inputs import Example, Promises, example


def _in_place(a):
    kept = [*a]
    count = w.remove_duplicates(kept)
    return kept[:count]


def _listed(nums, k):
    return list(w.windows_at_most_k(nums, k))


EXAMPLES: list[Example] = [
    example(w.two_sum_sorted, [1, 3, 4, 6, 8, 11, 13], 10),
    example(w.three_sum, [-1, 0, 1, 2, -1, -4], 0),
    example(w.max_container, [1, 8, 6, 2, 5, 4, 8, 3, 7]),
    example(w.trapped_water, [4, 2, 0, 3, 2, 5]),
    Example(_in_place, ([1, 1, 2, 2, 5],), {}, of=w.remove_duplicates),
    Example(_listed, ([1, 2, 1, 2, 3], 2), {}, of=w.windows_at_most_k),
    example(w.count_exactly_k_distinct, [1, 2, 1, 2, 3], 2),
    example(w.min_length_with_sum, [2, 3, 1, 2, 4, 3], 7),
    example(w.longest_distinct, "pwwkew"),
    example(w.longest_with_changes, "AABABBA", 1),
    example(w.min_window, "ADOBECODEBANC", "ABC"),
    example(w.anagram_starts, "cbaebabacd", "abc"),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
