"""How often the note's functions compare two elements, as the sequences grow.

    $ python -m benchmarks.algorithms.edit_distance_and_lcs

Elements count their own comparisons; of palindromes the steps outwards are counted, as
the code comes to that line. Nothing is timed: exponents are the same everywhere.
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from figures.record import record
from snippets.algorithms.edit_distance_and_lcs import (
    damerau_distance,
    edit_distance,
    edit_script,
    lcs_hirschberg,
    lcs_table,
    longest_palindrome,
    longest_palindromic_subsequence,
)


class Counted:
    """An element that counts how often it is compared."""

    seen = 0

    def __init__(self, value: str) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        Counted.seen += 1
        return isinstance(other, Counted) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def letters(n: int, seed: int) -> list[str]:
    """Random letters of four."""
    return random.Random(seed).choices("abcd", k=n)


def comparisons(solve: Callable[..., object], n: int, sequences: int = 2) -> int:
    """Comparisons for sequences of n random letters."""
    Counted.seen = 0
    solve(*([Counted(x) for x in letters(n, seed)] for seed in range(sequences)))
    return Counted.seen


def cells(n: int) -> int:
    """Cells of the distance with exchanges, whose dict compares elements too."""
    a, b = letters(n, 0), letters(n, 1)
    line = ["table[i][j] = best"]
    run = record(lambda: damerau_distance(a, b), damerau_distance, line, lambda _: {})
    return len(run[1])


def outwards(s: str) -> int:
    """Steps outwards from all centres."""
    line = ["left, right = left - 1"]
    run = record(lambda: longest_palindrome(s), longest_palindrome, line, lambda _: {})
    return len(run[1])


def ends(m: int, n: int) -> int:
    """How often plain recursion comes to an empty prefix."""
    row = [1] * (n + 1)
    for _ in range(m):
        new = [1]
        for j in range(1, n + 1):
            new.append(row[j] + row[j - 1] + new[-1])
        row = new
    return row[-1]


SIZES = (64, 128, 256)
COUNTED: dict[str, tuple[tuple[int, ...], Callable[[int], int]]] = {
    "lcs_table": (SIZES, lambda n: comparisons(lcs_table, n)),
    "lcs_hirschberg": (SIZES, lambda n: comparisons(lcs_hirschberg, n)),
    "edit_distance": (SIZES, lambda n: comparisons(edit_distance, n)),
    "edit_script": (SIZES, lambda n: comparisons(edit_script, n)),
    "damerau_distance, cells": (SIZES, cells),
    "palindromic subsequence": (
        SIZES,
        lambda n: comparisons(longest_palindromic_subsequence, n, 1),
    ),
    "longest_palindrome, aaa": (SIZES, lambda n: outwards("a" * n)),
    "longest_palindrome, random": (SIZES, lambda n: outwards("".join(letters(n, 0)))),
}


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results: dict[str, object] = {}
    for name, (sizes, count) in COUNTED.items():
        counts = [count(n) for n in sizes]
        power = exponent(sizes, counts)
        results[name] = {"sizes": sizes, "counts": counts, "exponent": power}
        row = "  ".join(f"{n:>4}: {seen:7}" for n, seen in zip(sizes, counts))
        print(f"{name:27} {row}   exponent {power:.2f}")
    some = (5, 10, 15, 20)
    counts = [ends(n, n) for n in some]
    ratio = (counts[-1] / counts[-2]) ** (1 / (some[-1] - some[-2]))
    results["plain recursion"] = {"sizes": some, "ends": counts, "ratio": ratio}
    row = "  ".join(f"{n}: {seen}" for n, seen in zip(some, counts))
    print(f"{'plain recursion':27} {row}   times {ratio:.2f} a letter")
    if arguments.output:
        write(arguments.output, describe("algorithms/edit-distance-and-lcs") | results)


if __name__ == "__main__":
    main()
