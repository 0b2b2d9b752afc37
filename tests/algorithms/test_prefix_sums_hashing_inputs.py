"""Example calls of snippets.algorithms.prefix_sums_hashing."""

from snippets.algorithms import prefix_sums_hashing as s
from tests.inputs import Example, Promises, example


def _rectangle(rows, top, left, bottom, right):
    return s.PrefixSum2D(rows).sum(top, left, bottom, right)


EXAMPLES: list[Example] = [
    example(s.prefix_sums, [1, -1, 5, -2, 3]),
    example(s.count_subarrays_with_sum, [1, -1, 5, -2, 3], 3),
    example(s.longest_subarray_with_sum, [1, -1, 5, -2, 3], 3),
    example(s.count_divisible_subarrays, [4, 5, 0, -2, -3, 1], 5),
    example(s.apply_range_updates, 5, [[0, 2, 10], [1, 3, 20], [1, 5, 25]]),
    Example(_rectangle, ([[1, 2, 3], [4, 5, 6]], 0, 1, 2, 3), {}, of=s.PrefixSum2D),
    example(s.product_except_self, [-1, 1, 0, -3, 3]),
    example(s.longest_consecutive, [100, 4, 200, 1, 3, 2]),
    example(s.two_sum, [3, 2, 4], 6),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
