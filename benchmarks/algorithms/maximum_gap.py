"""How the time of the maximum gap grows with n, by buckets and by sorting.

    $ python -m benchmarks.algorithms.maximum_gap

Python's sort is written in C and the buckets are not, so they are compared by growth.
"""

import argparse
import random
from pathlib import Path

from benchmarks.growth import measure, show
from benchmarks.record import describe, write
from snippets.algorithms.maximum_gap import (
    maximum_gap,
    maximum_gap_float,
    maximum_gap_sorted,
)

SIZES = (10_000, 20_000, 40_000, 80_000)


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    for solve in (maximum_gap, maximum_gap_float, maximum_gap_sorted):

        def prepare(n, solve=solve):
            draw = random.Random(n)
            nums = [draw.randrange(10**9) for _ in range(n)]
            return lambda: solve(nums)

        results[solve.__name__] = measure(SIZES, prepare)
        show(solve.__name__, results[solve.__name__])
    if arguments.output:
        write(arguments.output, describe("algorithms/maximum-gap") | results)


if __name__ == "__main__":
    main()
