"""How the sorts grow with n: comparisons counted, and times.

    $ python -m benchmarks.algorithms.sorting

The counts are the same on every machine. An exponent a little above 1 is n log n; that
of insertion sort on shuffled lists is 2.
"""

import argparse
import random
from pathlib import Path

from benchmarks.growth import exponent, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.sorting import (
    comparisons,
    heap_sort,
    insertion_sort,
    merge_sort,
    quick_sort,
    quickselect,
    radix_sort,
)

SIZES = (1_000, 2_000, 4_000, 8_000)
FEWER = (250, 500, 1_000, 2_000)


def median(a: list[int]) -> int:
    """The element in the middle of the order."""
    return quickselect(a, len(a) // 2)


def shuffled(n: int) -> list[int]:
    """Different integers in some order, the same in each run."""
    return random.Random(0).sample(range(n), n)


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    for sort in (insertion_sort, merge_sort, quick_sort, heap_sort, median, radix_sort):
        sizes = FEWER if sort is insertion_sort else SIZES

        def prepare(n, sort=sort):
            a = shuffled(n)
            return lambda: sort(a)

        name = sort.__name__
        results[name] = measure(sizes, prepare)
        show(name, results[name])
        if sort is not radix_sort:
            counts = [comparisons(sort, shuffled(n)) for n in sizes]
            power = exponent(sizes, counts)
            results[name] |= {"comparisons": counts, "exponent of these": power}
            row = "  ".join(f"{count:9}" for count in counts)
            print(f"{'':22} {row} <   exponent {power:.2f}")
    if arguments.output:
        write(arguments.output, describe("algorithms/sorting") | results)


if __name__ == "__main__":
    main()
