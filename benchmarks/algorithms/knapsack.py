"""How the time of the knapsacks grows with the items and with the capacity.

    $ python -m benchmarks.algorithms.knapsack

An exponent of 1 in the number of items and of 1 in the capacity is O(n V).
"""

import argparse
import random
from pathlib import Path

from benchmarks.growth import measure, show
from benchmarks.record import describe, write
from snippets.algorithms.knapsack import (
    knapsack_01,
    knapsack_complete,
    knapsack_multiple,
    knapsack_multiple_queue,
)

ITEMS = (25, 50, 100, 200)
CAPACITIES = (2_000, 4_000, 8_000, 16_000)


def sample(n: int, copies: bool) -> list[list[int]]:
    """Volumes, values and, if asked for, counts of n items."""
    draw = random.Random(n)
    columns = [[draw.randint(1, 50) for _ in range(n)] for _ in range(2)]
    return [*columns, [draw.randint(1, 20) for _ in range(n)]] if copies else columns


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    for solve in (
        knapsack_01,
        knapsack_complete,
        knapsack_multiple,
        knapsack_multiple_queue,
    ):
        copies = "multiple" in solve.__name__

        def by_items(n, solve=solve, copies=copies):
            columns = sample(n, copies)
            return lambda: solve(*columns, 2_000)

        def by_capacity(capacity, solve=solve, copies=copies):
            columns = sample(25, copies)
            return lambda: solve(*columns, capacity)

        for what, sizes, prepare in (
            ("items", ITEMS, by_items),
            ("capacity", CAPACITIES, by_capacity),
        ):
            name = f"{solve.__name__.removeprefix('knapsack_')}, {what}"
            results[name] = measure(sizes, prepare)
            show(name, results[name])
    if arguments.output:
        write(arguments.output, describe("algorithms/knapsack") | results)


if __name__ == "__main__":
    main()
