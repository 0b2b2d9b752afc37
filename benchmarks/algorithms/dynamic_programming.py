"""How the choices that dynamic programming tries grow, and those of plain recursion.

    $ python -m benchmarks.algorithms.dynamic_programming

Choices are counted as the code comes to the line that makes them, comparisons by
numbers that count themselves. Nothing is timed: exponents are the same everywhere.
"""

import argparse
import random
from pathlib import Path

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from figures.record import record
from snippets.algorithms.dynamic_programming import (
    burst_balloons,
    fewest_coins,
    increasing_lengths,
    longest_increasing,
    stock_profit,
)


class Counted(float):
    """A number that counts how often it is compared."""

    seen = 0

    def __lt__(self, other: float) -> bool:
        Counted.seen += 1
        return float(self) < float(other)


def choices(run, within, line):
    """How often a run comes to a line."""
    return len(record(run, within, [line], lambda known: {})[1])


def comparisons(solve, n):
    """Comparisons on a random order."""
    Counted.seen = 0
    solve([Counted(x) for x in random.Random(n).sample(range(n), n)])
    return Counted.seen


def calls(n):
    """Calls of the plain recursion for n stairs."""
    return 1 if n < 2 else 1 + calls(n - 1) + calls(n - 2)


def prices(n):
    """Random prices."""
    return random.Random(n).choices(range(100), k=n)


COIN = "if coin <= j and"
DAY = "holding[j] = max"
LAST = "paid = best"
COUNTED = {
    "fewest_coins, 3 coins": (
        (500, 1_000, 2_000),
        lambda n: choices(lambda: fewest_coins([1, 2, 5], n), fewest_coins, COIN),
    ),
    "increasing_lengths": (
        (250, 500, 1_000),
        lambda n: comparisons(increasing_lengths, n),
    ),
    "longest_increasing": (
        (1_000, 4_000, 16_000),
        lambda n: comparisons(longest_increasing, n),
    ),
    "stock_profit": (
        (500, 1_000, 2_000),
        lambda n: choices(lambda: stock_profit(prices(n)), stock_profit, DAY),
    ),
    "stock_profit, n / 4": (
        (50, 100, 200),
        lambda n: choices(lambda: stock_profit(prices(n), n // 4), stock_profit, DAY),
    ),
    "burst_balloons": (
        (10, 20, 40),
        lambda n: choices(lambda: burst_balloons([1] * n), burst_balloons, LAST),
    ),
}


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    for name, (sizes, count) in COUNTED.items():
        counts = [count(n) for n in sizes]
        power = exponent(sizes, counts)
        results[name] = {"sizes": sizes, "choices": counts, "exponent": power}
        row = "  ".join(f"{n:>6}: {seen:9}" for n, seen in zip(sizes, counts))
        print(f"{name:22} {row}   exponent {power:.2f}")
    sizes = (10, 15, 20, 25)
    counts = [calls(n) for n in sizes]
    ratio = (counts[-1] / counts[0]) ** (1 / (sizes[-1] - sizes[0]))
    results["plain recursion"] = {"sizes": sizes, "calls": counts, "ratio": ratio}
    row = "  ".join(f"{n:>6}: {seen:9}" for n, seen in zip(sizes, counts))
    print(f"{'plain recursion':22} {row}   times {ratio:.3f} a stair")
    if arguments.output:
        write(arguments.output, describe("algorithms/dynamic-programming") | results)


if __name__ == "__main__":
    main()
