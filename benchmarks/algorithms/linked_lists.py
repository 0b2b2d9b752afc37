"""How the work on linked lists grows: links written, comparisons, and time.

    $ python -m benchmarks.algorithms.linked_lists

Links and comparisons are counted, not timed: their exponents are the same on every
machine. One by one, the comparisons of a merge grow with the square of the number of
lists; by a heap, with k log k.
"""

import argparse
from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.growth import exponent, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.linked_lists import (
    Node,
    from_list,
    meeting,
    merge_sorted,
    reverse,
    sort_list,
)

SIZES = (1_000, 2_000, 4_000, 8_000)
LISTS = (8, 16, 32, 64)
LENGTH = 10


class Watched(Node):
    """A node that counts how often its link is read or written."""

    __slots__ = ()
    count = 0

    @property
    def next(self) -> Node | None:
        Watched.count += 1
        return Node.next.__get__(self)

    @next.setter
    def next(self, node: Node | None) -> None:
        Watched.count += 1
        Node.next.__set__(self, node)


class Counted(int):
    """A number that counts comparisons."""

    count = 0

    def __lt__(self, other: int) -> bool:
        Counted.count += 1
        return int.__lt__(self, other)


def watched(n: int, tail: int | None = None) -> Node:
    """A list of n watched nodes; with a tail, the others are a cycle."""
    nodes = [Watched(i) for i in range(n)]
    for node, after in pairwise(nodes):
        node.next = after
    if tail is not None:
        nodes[-1].next = nodes[tail]
    return nodes[0]


def numbers(n: int, seed: int) -> list[Counted]:
    draw = Random(seed)
    return [Counted(draw.randrange(10**9)) for _ in range(n)]


def sorted_lists(k: int) -> list[Node | None]:
    return [from_list(sorted(numbers(LENGTH, seed))) for seed in range(k)]


def one_by_one(heads: list[Node | None]) -> Node | None:
    return reduce(lambda done, head: merge_sorted([done, head]), heads)


# What is counted, where, for which sizes; the list is made before the count begins.
COUNTS: dict[str, tuple[Any, tuple[int, ...], Callable[[int], Any], Any]] = {
    "reverse": (Watched, SIZES, watched, reverse),
    "meeting": (Watched, SIZES, lambda n: watched(n, n // 2), meeting),
    "sort": (Counted, SIZES, lambda n: from_list(numbers(n, n)), sort_list),
    "merge one by one": (Counted, LISTS, sorted_lists, one_by_one),
    "merge by a heap": (Counted, LISTS, sorted_lists, merge_sorted),
}


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    for name, (counter, sizes, make, work) in COUNTS.items():
        counts = []
        for size in sizes:
            given = make(size)
            counter.count = 0
            work(given)
            counts.append(counter.count)
        power = exponent(sizes, counts)
        results[name] = {"sizes": list(sizes), "counts": counts, "exponent": power}
        row = "  ".join(f"{n:9}" for n in counts)
        print(f"{name:22} {row}     exponent {power:.2f}")

    def timed(n: int) -> Callable[[], object]:
        values = list(range(n))
        return lambda: reverse(from_list(values))

    results["time"] = measure(SIZES, timed)
    show("make and reverse", results["time"])
    if arguments.output:
        write(arguments.output, describe("algorithms/linked-lists") | results)


if __name__ == "__main__":
    main()
