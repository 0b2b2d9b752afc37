"""How many additions and hashes the questions cost as n grows, and how much time.

    $ python -m benchmarks.algorithms.prefix_sums_hashing

The numbers themselves count what is done to them: that is the same on every machine.
"""

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.growth import exponent, measure, show
from benchmarks.record import describe, write
from snippets.algorithms.prefix_sums_hashing import (
    apply_range_updates,
    count_divisible_subarrays,
    count_subarrays_with_sum,
    longest_consecutive,
    longest_subarray_with_sum,
    prefix_sums,
    product_except_self,
    two_sum,
)

LINEAR, SQUARE = (1000, 2000, 4000), (100, 200, 400)
Task = tuple[Callable[..., object], tuple[Any, ...]]


class Counted(int):
    """An integer that counts sums, products and hashes of it and of its results."""

    adds = hashes = 0

    def __add__(self, other: int) -> "Counted":
        Counted.adds += 1
        return Counted(int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> "Counted":
        return Counted(int(self) - int(other))

    def __rsub__(self, other: int) -> "Counted":
        return Counted(int(other) - int(self))

    def __mod__(self, other: int) -> "Counted":
        return Counted(int(self) % int(other))

    def __mul__(self, other: int) -> "Counted":
        Counted.adds += 1  # a product counts like a sum
        return Counted(int(self) * int(other))

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return int(self) == other

    def __hash__(self) -> int:
        Counted.hashes += 1
        return hash(int(self))


def counted(solve: Callable[..., object], a: Any, *rest: Any) -> dict[str, int]:
    """Additions and hashes of a call whose numbers, in a list or in rows, count."""
    wrapped = [Counted(x) if isinstance(x, int) else [Counted(y) for y in x] for x in a]
    Counted.adds = Counted.hashes = 0
    solve(wrapped, *rest)
    return {"add": Counted.adds, "hash": Counted.hashes}


def sums(n: int) -> Task:
    """All prefix sums."""
    return prefix_sums, (_draw(n),)


def subarrays(n: int) -> Task:
    """The number of subarrays with sum 7."""
    return count_subarrays_with_sum, (_draw(n), 7)


def longest(n: int) -> Task:
    """The longest subarray with sum 7, among numbers of which no prefix sum repeats."""
    return longest_subarray_with_sum, (range(1, n + 1), 7)


def divisible(n: int) -> Task:
    """The number of subarrays whose sum is a multiple of 7."""
    return count_divisible_subarrays, (_draw(n), 7)


def pair(n: int) -> Task:
    """Two numbers with a sum that none have."""
    return two_sum, (range(n), -1)


def products(n: int) -> Task:
    """Products of all others, of 1 and -1."""
    return product_except_self, ([(-1) ** x for x in range(n)],)


def run(n: int) -> Task:
    """One run of n consecutive numbers, shuffled."""
    a = list(range(n))
    random.Random(n).shuffle(a)
    return longest_consecutive, (a,)


def updates(n: int) -> Task:
    """As many ranges as places."""
    draw = random.Random(n)
    ends = [sorted(draw.choices(range(n + 1), k=2)) for _ in range(n)]
    return _update, ([[lo, hi, draw.randint(-9, 9)] for lo, hi in ends], n)


def _update(ranges: Any, n: int) -> object:
    return apply_range_updates(n, ranges)


def all_ranges(n: int) -> Task:
    """Each subarray added up from its left end: what all this spares."""
    return _all_ranges, (_draw(n), 7)


def _all_ranges(a: list[int], k: int) -> int:
    found = 0
    for left in range(len(a)):
        total = 0
        for x in a[left:]:
            total += x
            found += total == k
    return found


def one_hash(n: int) -> Task:
    """A dict whose n keys are multiples of the modulus, and so have one hash value."""
    return _collide, ([i * sys.hash_info.modulus for i in range(n)],)


class Compared(int):
    """An integer that counts comparisons by ==."""

    seen = 0
    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.seen += 1
        return int(self) == int(other)


def _collide(keys: list[int]) -> int:
    Compared.seen = 0
    dict.fromkeys([Compared(x) for x in keys])
    return Compared.seen


def _draw(n: int) -> list[int]:
    draw = random.Random(n)
    return [draw.randint(-9, 9) for _ in range(n)]


EXPONENTS: dict[Callable[[int], Task], int] = {
    sums: 1,
    subarrays: 1,
    longest: 1,
    divisible: 1,
    pair: 1,
    products: 1,
    run: 1,
    updates: 1,
    all_ranges: 2,
    one_hash: 2,
}


def operations(task: Task) -> int:
    """Additions and hashes together, or comparisons of the keys of one dict."""
    solve, args = task
    if solve is _collide:
        return _collide(*args)
    return sum(counted(solve, *args).values())


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    for prepare, want in EXPONENTS.items():
        sizes = SQUARE if want == 2 else LINEAR
        counts = [operations(prepare(n)) for n in sizes]

        def timed(n: int, prepare: Callable[[int], Task] = prepare) -> Any:
            solve, args = prepare(n)
            return lambda: solve(*args)

        result = measure(sizes, timed)
        result |= {"operations": counts}
        result |= {"exponent of operations": exponent(sizes, counts)}
        results[prepare.__name__] = result
        show(prepare.__name__, result)
        print(f"{'':22} {counts}  exponent {result['exponent of operations']:.2f}")
    if arguments.output:
        described = describe("algorithms/prefix-sums-hashing")
        write(arguments.output, described | results)


if __name__ == "__main__":
    main()
