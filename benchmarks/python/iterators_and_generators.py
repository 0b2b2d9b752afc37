"""How many items exist at once, and how often items are handed up, as a stream grows.

    $ python -m benchmarks.python.iterators_and_generators

Items count themselves, and hand-overs are counted where they happen, so the exponents
are the same on every machine: of the length of the stream, or of the depth of the nest.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator
from itertools import tee
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from snippets.python.iterators_and_generators import (
    batched,
    flatten,
    reservoir,
    round_robin,
    windows,
)

SIZES = (256, 1024, 4096, 16_384)
DEPTHS = (64, 128, 256, 512)
N = 16


class Item:
    """An object that knows how many of its kind exist, and how many did at most."""

    alive = peak = 0

    def __init__(self) -> None:
        Item.alive += 1
        Item.peak = max(Item.peak, Item.alive)

    def __del__(self) -> None:
        Item.alive -= 1


def read(stream: Iterable[Any]) -> None:
    """Look at each item, and keep none."""
    for _ in stream:
        pass


def tee_in_step(stream: Iterator[Any]) -> None:
    """Two copies of the stream, read side by side."""
    read(zip(*tee(stream), strict=True))


def tee_one_by_one(stream: Iterator[Any]) -> None:
    """Two copies of the stream, the second read after the first."""
    for copy in tee(stream):
        read(copy)


def held(way: Callable[[Iterator[Any]], object], n: int) -> int:
    """How many of n items exist at once, at most."""
    Item.peak = 0
    way(Item() for _ in range(n))
    return Item.peak


WAYS: dict[str, Callable[[Iterator[Any]], object]] = {
    "list first": lambda stream: read(list(stream)),
    "one by one": read,
    f"batched, {N}": lambda stream: read(batched(stream, N)),
    f"windows, {N}": lambda stream: read(windows(stream, N)),
    "round robin": lambda stream: read(round_robin(stream, ())),
    f"reservoir, {N}": lambda stream: reservoir(stream, N, Random(0)),
    "tee in step": tee_in_step,
    "tee, then tee": tee_one_by_one,
}


def nested(depth: int) -> list[Any]:
    """One item on each of ``depth`` levels."""
    x: list[Any] = []
    for _ in range(depth):
        x = [1, x]
    return x


def handed_up_by_recursion(x: list[Any]) -> int:
    """How often ``yield`` is reached if each level loops over the one below."""
    count = 0

    def items(part: list[Any]) -> Iterator[Any]:
        nonlocal count
        for item in part:
            for one in items(item) if isinstance(item, list) else [item]:
                count += 1
                yield one

    read(items(x))
    return count


def handed_up_by_stack(x: list[Any]) -> int:
    """How often the ``yield`` of ``flatten`` is reached."""
    return sum(1 for _ in flatten(x))


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    for name, way in WAYS.items():
        counts = [held(way, n) for n in SIZES]
        results[name] = {"sizes": list(SIZES), "held": counts}
    for name, call in (
        ("yield from", handed_up_by_recursion),
        ("flatten", handed_up_by_stack),
    ):
        counts = [call(nested(depth)) for depth in DEPTHS]
        results[name] = {"sizes": list(DEPTHS), "yields": counts}
    for name, result in results.items():
        sizes, counts = result.values()
        result["exponent"] = exponent(sizes, counts)
        row = "  ".join(f"{count:7}" for count in counts)
        print(f"{name:14} {row}  exponent {result['exponent']:.2f}")
    if arguments.output:
        write(arguments.output, describe("python/iterators-and-generators") | results)


if __name__ == "__main__":
    main()
