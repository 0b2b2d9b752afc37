"""How the work of pairs, triples and windows grows with n, in lines and in time.

    $ python -m benchmarks.algorithms.two_pointers_sliding_window

Lines that Python runs are counted by a trace: they are the same on every machine.
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

from benchmarks.growth import exponent, lines_run, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.two_pointers_sliding_window import (
    count_exactly_k_distinct,
    max_container,
    min_window,
    three_sum,
    two_sum_sorted,
)

LINEAR, SQUARE = (10_000, 20_000, 40_000), (200, 400, 800)


def two(n: int) -> Callable[[], object]:
    """No pair sums to the target, so all moves are made."""
    return lambda: two_sum_sorted(range(1, n + 1), 0)


def three(n: int) -> Callable[[], object]:
    """No triple sums to the target."""
    return lambda: three_sum(range(1, n + 1))


def container(n: int) -> Callable[[], object]:
    """Random heights."""
    draw = random.Random(n)
    heights = [draw.randrange(10**6) for _ in range(n)]
    return lambda: max_container(heights)


def exactly(n: int) -> Callable[[], object]:
    """Exactly 5 different values among 0 to 50."""
    draw = random.Random(n)
    nums = [draw.randint(0, 50) for _ in range(n)]
    return lambda: count_exactly_k_distinct(nums, 5)


def cover(n: int) -> Callable[[], object]:
    """Six letters, two of each of three, in a random text of ten letters."""
    draw = random.Random(n)
    s = "".join(draw.choice("abcdefghij") for _ in range(n))
    return lambda: min_window(s, "abcabc")


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    for prepare in (two, container, exactly, cover, three):
        sizes = SQUARE if prepare is three else LINEAR
        lines = [lines_run(prepare(n)) for n in sizes]
        result = measure(sizes, prepare)
        result |= {"lines": lines, "exponent of lines": exponent(sizes, lines)}
        results[prepare.__name__] = result
        show(prepare.__name__, result)
        print(f"{'':22} {lines} lines  exponent {result['exponent of lines']:.2f}")
    if arguments.output:
        described = describe("algorithms/two-pointers-sliding-window")
        write(arguments.output, described | results)


if __name__ == "__main__":
    main()
