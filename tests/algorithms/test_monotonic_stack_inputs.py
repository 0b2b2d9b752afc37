"""Example calls of snippets.algorithms.monotonic_stack."""

from dataclasses import replace

import numpy as np

from snippets.algorithms import monotonic_stack as m
from tests.inputs import Example, Promises, example

BARS = [2.0, 1.0, 5.0, 6.0, 2.0, 3.0]


def minima(values: list[float]) -> list[float]:
    """A stack's minimum after each push, and then after each pop but the last."""
    stack, found = m.MinStack(), []
    for x in values:
        stack.push(x)
        found.append(stack.minimum())
    while len(stack) > 1:
        stack.pop()
        found.append(stack.minimum())
    return found


def passed(values: list[float]) -> list[float]:
    """What comes out of a queue."""
    queue = m.StackQueue()
    for x in values:
        queue.push(x)
    return [queue.pop() for _ in range(len(queue))]


EXAMPLES: list[Example] = [
    example(m.is_balanced, "f(x)[0]"),
    example(m.largest_rectangle, BARS),
    example(m.largest_rectangle, np.array([0.5, 1.5, 1.0])),
    example(m.maximal_rectangle, [[1, 0, 1], [1, 1, 1]]),
    example(m.maximal_rectangle, ["101", "111"]),
    example(m.next_greater, [1.0, 2.0, 1.0], circular=True),
    example(m.next_greater, np.array([0.5, 0.5, 1.0]), strict=False),
    example(m.remove_k_digits, "1432219", 3),
    example(m.sliding_maximum, [1.0, 3.0, -1.0, -3.0, 5.0], 3),
    example(m.sliding_maximum, np.array([0.5, 2.0, 1.0]), 2),
    example(m.smaller_bounds, BARS),
    example(m.sum_subarray_minimums, [3, 1, 2, 4]),
    replace(example(minima, [2.0, 3.0, 1.0, 1.0]), of=m.MinStack),
    replace(example(minima, np.array([0.5, 2.0, 0.25])), of=m.MinStack),
    replace(example(passed, np.array([0.5, 2.0, 0.25])), of=m.StackQueue, gives="same"),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
