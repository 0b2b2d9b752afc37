"""How the work of the monotonic stack grows, and of the plain ways that it replaces.

    $ python -m benchmarks.algorithms.monotonic_stack

Comparisons are counted, not timed: their exponent is the same on every machine. What a
list moves at ``pop(0)`` happens in C and can only be timed.
"""

import argparse
import random
from collections import deque
from pathlib import Path

from benchmarks.growth import exponent, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.monotonic_stack import (
    largest_rectangle,
    next_greater,
    sliding_maximum,
    smaller_bounds,
)

SIZES = (500, 1_000, 2_000)
QUEUES = (50_000, 100_000, 200_000)


class Counted(float):
    """A number that counts how often it is compared."""

    seen = 0

    def __lt__(self, other: float) -> bool:
        Counted.seen += 1
        return float(self) < float(other)


def all_pairs(values):
    """The next greater values by two loops."""
    n = len(values)
    for j in range(n):
        next((i for i in range(j + 1, n) if values[j] < values[i]), None)


def comparisons(solve, n, falling=False):
    """Comparisons on random numbers, or on falling ones."""
    draw = random.Random(n)
    values = range(n, 0, -1) if falling else [draw.random() for _ in range(n)]
    Counted.seen = 0
    solve([Counted(x) for x in values])
    return Counted.seen


def emptied_list(n):
    """Empty a list from its front."""
    values = list(range(n))
    while values:
        values.pop(0)


def emptied_deque(n):
    """Empty a deque from its front."""
    values = deque(range(n))
    while values:
        values.popleft()


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    counted = {
        "next_greater": (next_greater, False),
        "next_greater, falling": (next_greater, True),
        "smaller_bounds": (smaller_bounds, False),
        "largest_rectangle": (largest_rectangle, False),
        "sliding_maximum, n / 2": (lambda a: sliding_maximum(a, len(a) // 2), False),
        "all pairs, falling": (all_pairs, True),
    }
    for name, (solve, falling) in counted.items():
        counts = [comparisons(solve, n, falling) for n in SIZES]
        power = exponent(SIZES, counts)
        results[name] = {"sizes": SIZES, "comparisons": counts, "exponent": power}
        row = "  ".join(f"{count:9}" for count in counts)
        print(f"{name:22} {row}     exponent {power:.2f}")
    for empty in (emptied_list, emptied_deque):

        def prepare(n, empty=empty):
            return lambda: empty(n)

        results[empty.__name__] = measure(QUEUES, prepare)
        show(empty.__name__, results[empty.__name__])
    if arguments.output:
        write(arguments.output, describe("algorithms/monotonic-stack") | results)


if __name__ == "__main__":
    main()
