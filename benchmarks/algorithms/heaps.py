"""How the comparisons of a heap grow with n: building, pushing, popping, top-k, merge.

    $ python -m benchmarks.algorithms.heaps

Comparisons are counted, not timed: their exponents are the same on every machine. That
of n log2 n over these sizes is about 1.1; numbers come shuffled, but for the rows that
say how.
"""

import argparse
import heapq
from collections.abc import Callable, Iterable
from math import log2
from pathlib import Path
from random import Random

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from snippets.algorithms.heaps import heap_pop, heap_push, heapify, merge_k, top_k

SIZES = (1023, 4095, 16_383, 65_535)
K = 16


class Counted(int):
    """An integer that counts how often it is compared by ``<``."""

    uses = 0

    def __lt__(self, other: object) -> bool:
        Counted.uses += 1
        return super().__lt__(other)  # type: ignore[operator]


def counted(call: Callable[[list[Counted]], object], numbers: Iterable[int]) -> int:
    """Comparisons of the call."""
    items = [Counted(x) for x in numbers]
    Counted.uses = 0
    call(items)
    return Counted.uses


def shuffled(n: int) -> list[int]:
    """0 to n - 1, the same order each time."""
    numbers = list(range(n))
    Random(0).shuffle(numbers)
    return numbers


def push_all(items: list[Counted]) -> list[Counted]:
    """A heap, made by pushes."""
    h: list[Counted] = []
    for x in items:
        heap_push(h, x)
    return h


def sort(items: list[Counted]) -> list[Counted]:
    """Heap sort, with the pop of textbooks."""
    heapify(items)
    return [heap_pop(items) for _ in range(len(items))]


def sort_by_heapq(items: list[Counted]) -> list[Counted]:
    """Heap sort, with the pop that goes to a leaf first."""
    heapq.heapify(items)
    return [heapq.heappop(items) for _ in range(len(items))]


def merge(items: list[Counted]) -> list[Counted]:
    """K sorted lists into one: the items are in order, and dealt out in turn."""
    return merge_k([items[i::K] for i in range(K)])


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    calls = {
        "heapify": (heapify, shuffled),
        "heapify, falling": (heapify, lambda n: range(n, 0, -1)),
        "push": (push_all, shuffled),
        "push, falling": (push_all, lambda n: range(n, 0, -1)),
        "heap sort": (sort, shuffled),
        "heap sort, heapq": (sort_by_heapq, shuffled),
        f"top {K}": (lambda items: top_k(items, K), shuffled),
        f"merge of {K}": (merge, range),
    }
    results = {}
    for name, (call, numbers) in calls.items():
        counts = [counted(call, numbers(n)) for n in SIZES]
        power = exponent(SIZES, counts)
        results[name] = {"sizes": list(SIZES), "comparisons": counts, "exponent": power}
        row = "  ".join(f"{count:9}" for count in counts)
        print(f"{name:18} {row}  exponent {power:.3f}")
    logs = [n * log2(n) for n in SIZES]
    print(f"{'n log2 n':18} {'':42}  exponent {exponent(SIZES, logs):.3f}")
    if arguments.output:
        write(arguments.output, describe("algorithms/heaps") | results)


if __name__ == "__main__":
    main()
