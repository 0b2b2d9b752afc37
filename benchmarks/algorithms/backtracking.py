"""How the trees grow: nodes of the code itself, against what they are compared with.

    $ python -m benchmarks.algorithms.backtracking

Calls of the recursive functions and comparisons of cells are counted, not timed: the
counts are the same on every machine.
"""

import argparse
import sys
from math import comb, factorial
from pathlib import Path

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from snippets.algorithms.backtracking import (
    count_queens,
    generate_parentheses,
    permutations,
    subsets,
    word_exists,
)

SIDES = (8, 16, 32)


class Counted(str):
    """A letter that counts how often it is compared."""

    __hash__ = str.__hash__
    seen = 0

    def __eq__(self, other: object) -> bool:
        Counted.seen += 1
        return str.__eq__(self, other)


def calls(run, within):
    """Calls of functions that are defined inside ``within``: the nodes of its tree."""
    codes = {c for c in within.__code__.co_consts if hasattr(c, "co_code")}
    nodes = 0

    def look(frame, event, _):
        nonlocal nodes
        nodes += event == "call" and frame.f_code in codes

    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(None)
    return nodes


def compared(side):
    """Cells compared on a board of A with one B behind a fence, for five A and a B."""
    rows = [[Counted("A") for _ in range(side)] for _ in range(side)]
    rows[0][0], rows[0][1], rows[1][0] = Counted("B"), Counted("C"), Counted("C")
    Counted.seen = 0
    assert not word_exists(rows, "AAAAAB")
    return Counted.seen


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results = {}
    trees = {
        "permutations, n!": (
            (5, 6, 7, 8),
            lambda n: calls(lambda: permutations(range(n)), permutations),
            factorial,
        ),
        "subsets, 2^n": (
            (8, 10, 12, 14),
            lambda n: calls(lambda: subsets(range(n)), subsets),
            lambda n: 2**n,
        ),
        "parentheses, C_n": (
            (6, 7, 8, 9),
            lambda n: calls(lambda: generate_parentheses(n), generate_parentheses),
            lambda n: comb(2 * n, n) // (n + 1),
        ),
        "queens, n!": (
            (7, 8, 9, 10),
            lambda n: calls(lambda: count_queens(n), count_queens),
            factorial,
        ),
        "word of 6, squares": (SIDES, compared, lambda side: side * side),
    }
    for name, (sizes, count, against) in trees.items():
        counts = [count(n) for n in sizes]
        yardstick = [against(n) for n in sizes]
        power = exponent(yardstick, counts)
        results[name] = {"sizes": sizes, "counts": counts, "exponent": power}
        row = "  ".join(f"{count:8}" for count in counts)
        print(f"{name:20} {row}  exponent {power:.2f}")
    if arguments.output:
        write(arguments.output, describe("algorithms/backtracking") | results)


if __name__ == "__main__":
    main()
