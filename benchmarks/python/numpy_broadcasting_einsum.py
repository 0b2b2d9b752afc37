"""How multiplications grow with n: einsum in pairs or at once, left or right first.

    $ python -m benchmarks.python.numpy_broadcasting_einsum

The loops of the note run and every multiplication is counted as it happens, so the
counts and their exponents are the same on every machine.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from snippets.python.numpy_broadcasting_einsum import einsum_terms

SIZES = (4, 8, 16, 32)
PAIR, CHAIN = "ij,jk->ik", "ij,jk,kl->il"
Shape = tuple[int, int]


def counted(spec: str, *shapes: Shape) -> int:
    """Multiplications of the loop, one fewer than factors in each of its passes."""
    operands = [np.ones(shape) for shape in shapes]
    return sum(len(term.factors) - 1 for term in einsum_terms(spec, *operands))


def left_first(a: Shape, b: Shape, c: Shape) -> int:
    """(AB)C."""
    return counted(PAIR, a, b) + counted(PAIR, (a[0], b[1]), c)


def right_first(a: Shape, b: Shape, c: Shape) -> int:
    """A(BC)."""
    return counted(PAIR, b, c) + counted(PAIR, a, (b[0], c[1]))


def at_once(a: Shape, b: Shape, c: Shape) -> int:
    """One loop over all letters."""
    return counted(CHAIN, a, b, c)


def thin(n: int) -> list[Shape]:
    """Matrices of 4 x n, n x 4, 4 x n."""
    return [(4, n), (n, 4), (4, n)]


def square(n: int) -> list[Shape]:
    """Three of n x n."""
    return [(n, n)] * 3


def vector(n: int) -> list[Shape]:
    """Two of n x n, and a column."""
    return [(n, n), (n, n), (n, 1)]


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    calls: dict[str, tuple[Callable[..., int], Callable[[int], list[Shape]]]] = {
        "thin, (AB)C": (left_first, thin),
        "thin, A(BC)": (right_first, thin),
        "thin, at once": (at_once, thin),
        "square, (AB)C": (left_first, square),
        "square, at once": (at_once, square),
        "vector, (AB)v": (left_first, vector),
        "vector, A(Bv)": (right_first, vector),
    }
    results = {}
    for name, (count, shapes) in calls.items():
        counts = [count(*shapes(n)) for n in SIZES]
        power = exponent(SIZES, counts)
        row = {"sizes": list(SIZES), "multiplications": counts, "exponent": power}
        results[name] = row
        print(f"{name:16} {'  '.join(f'{c:8}' for c in counts)}  exponent {power:.3f}")
    if arguments.output:
        note = describe("python/numpy-broadcasting-einsum")
        write(arguments.output, note | results)


if __name__ == "__main__":
    main()
