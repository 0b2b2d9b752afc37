"""How what a search reads grows with the number of values: counted, not timed.

    $ python -m benchmarks.algorithms.binary_search

A scan from the left is the control: its exponent is 1. That of a logarithm falls
towards 0; the step, what each doubling adds, shows it better: 1 for a bound. In a
rotated array of equal values the exponent is 1 again.
"""

import argparse
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from snippets.algorithms.binary_search import (
    lower_bound,
    median_sorted,
    minimum_rotated,
    search_rotated,
)

SIZES = (1_000, 2_000, 4_000, 8_000, 16_000)
QUERIES = 200


class Watched(list[int]):
    """A list that counts how often its places are read."""

    reads = 0

    def __getitem__(self, i):  # type: ignore[no-untyped-def]
        self.reads += 1
        return super().__getitem__(i)


def scan(a: list[int], x: int) -> int:
    """The control: from the left, one place after the other."""
    for i in range(len(a)):
        if not a[i] < x:
            return i
    return len(a)


def mean_reads(n: int, search: Callable[[Watched, int], object], equal: bool) -> float:
    """Places read a query, on average over random queries."""
    draw, total = Random(n), 0
    for _ in range(QUERIES if not equal else 1):
        turn = draw.randrange(n)
        if search in (scan, lower_bound, median):
            values = list(range(n))
        elif equal:
            values = [1] * n
        else:
            values = [*range(turn, n), *range(turn)]
        a = Watched(values)
        search(a, draw.randrange(n) if not equal else 0)
        total += a.reads
    return total / (QUERIES if not equal else 1)


def median(a: Watched, x: int) -> float:
    """With another array of the same length, that lies lower the smaller x is."""
    return median_sorted(a, [i + 2 * x - len(a) for i in range(len(a))])


def minimum(a: Watched, x: int) -> int:
    """The least value needs no query."""
    return int(minimum_rotated(a))


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    calls = {
        "scan": (scan, False),
        "lower_bound": (lower_bound, False),
        "search_rotated": (search_rotated, False),
        "search_rotated, equal": (search_rotated, True),
        "minimum_rotated": (minimum, False),
        "minimum_rotated, equal": (minimum, True),
        "median_sorted": (median, False),
    }
    results = {}
    for name, (search, equal) in calls.items():
        reads = [mean_reads(n, search, equal) for n in SIZES]
        power = exponent(SIZES, reads)
        step = [after - before for before, after in pairwise(reads)]
        results[name] = {
            "sizes": list(SIZES),
            "values read": reads,
            "exponent": power,
            "step of a doubling": step,
        }
        row = "  ".join(f"{count:9.2f}" for count in reads)
        print(f"{name:23} {row} read  exponent {power:.2f}  last step {step[-1]:.2f}")
    if arguments.output:
        write(arguments.output, describe("algorithms/binary-search") | results)


if __name__ == "__main__":
    main()
