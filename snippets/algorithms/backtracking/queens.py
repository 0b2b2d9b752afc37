"""n queens that do not attack each other: listed with sets, counted with bit masks.

A queen stands in each row; a placement is the tuple of their columns, from row 0 on.

References:
    LeetCode 51 and 52. OEIS A000170 (how many placements there are).
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from .lists import DEEPEST, _integer


def n_queens(n: int) -> list[tuple[int, ...]]:
    """All placements of n queens, as columns from row 0 on, in lexicographic order.

    Args:
        n: integer in 0..500. For 0 there is one placement, the empty one.

    Raises:
        ValueError: if ``n`` is no such integer.
    """
    return list(each_queens(n))


def each_queens(n: int) -> Iterator[tuple[int, ...]]:
    """The same one after the other; the search rests between two of them.

    Arguments and errors are those of ``n_queens``; ``n`` is checked now, not when the
    first placement is asked for.
    """
    return _queens(_integer("n", n, DEEPEST))


# --8<-- [start:sets]
def _queens(n: int) -> Iterator[tuple[int, ...]]:
    """Row by row: a square is free if no set has its column or one of its diagonals."""
    path: list[int] = []
    columns: set[int] = set()
    falling: set[int] = set()  # row - column is the same all along such a diagonal
    rising: set[int] = set()  # and row + column along one of these

    def place(row: int) -> Iterator[tuple[int, ...]]:
        if row == n:
            yield tuple(path)
            return
        for c in range(n):
            if c in columns or row - c in falling or row + c in rising:
                continue
            path.append(c)  # choose
            columns.add(c)
            falling.add(row - c)
            rising.add(row + c)
            yield from place(row + 1)  # go on
            path.pop()  # undo, all four
            columns.remove(c)
            falling.remove(row - c)
            rising.remove(row + c)

    return place(0)
    # --8<-- [end:sets]


# --8<-- [start:masks]
def count_queens(n: int) -> int:
    """How many placements of n queens there are.

    Args:
        n: integer in 0..500.

    Raises:
        ValueError: if ``n`` is no such integer.
    """
    n = _integer("n", n, DEEPEST)
    full = (1 << n) - 1  # bit c: column c

    def place(cols: int, d: int, e: int) -> int:
        if cols == full:
            return 1
        free = full & ~(cols | d | e)
        total = 0
        while free:
            bit = free & -free  # the lowest free column
            free ^= bit
            total += place(cols | bit, (d | bit) << 1, (e | bit) >> 1)
        return total

    return place(0, 0, 0)
    # --8<-- [end:masks]


# --8<-- [start:below]
def queens_below(path: Iterable[int], n: int) -> list[tuple[int, ...]]:
    """The children of a node of the search tree: one more queen in the next row.

    Args:
        path: columns of the queens placed so far, none attacking another.
        n: size of the board, an integer in 0..500.

    Raises:
        ValueError: if ``n`` is no such integer, or a column is none of 0..n-1.
    """
    n = _integer("n", n, DEEPEST)
    placed = tuple(_integer("column", p, n - 1) for p in islice(path, n + 1))
    row = len(placed)
    return [
        (*placed, c)
        for c in range(n if row < n else 0)
        if all(c != p and abs(c - p) != row - r for r, p in enumerate(placed))
    ]
    # --8<-- [end:below]
