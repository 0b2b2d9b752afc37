"""Search on a board: sudoku, and a word along neighbouring cells.

Rows y and columns x are counted from 0. A hole of a sudoku is a 0.

References:
    LeetCode 37 (sudoku) and 79 (word search).
    Norvig, "Solving Any Sudoku Puzzle", pytudes, ipynb/Sudoku.ipynb on GitHub.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import index

DIGITS = 0b1111111110  # bits 1 to 9


def solve_sudoku(grid: Iterable[Iterable[int]]) -> list[list[int]] | None:
    """A solution of the sudoku, as a new grid; None if there is none.

    If there are several, the first that the search finds. The grid is left as it was.

    Args:
        grid: 9 rows of 9 integers 0..9; 0 is a hole.

    Raises:
        ValueError: for another shape, another entry, or a digit that stands twice in
            a row, a column or a box.
    """
    return _search(_digits(grid), constrained=True)[0]


def sudoku_nodes(grid: Iterable[Iterable[int]], constrained: bool = True) -> int:
    """How many digits the search writes into holes until it is done.

    Args:
        grid: like that of ``solve_sudoku``, with the same errors.
        constrained: fill the hole with the fewest possible digits first, as
            ``solve_sudoku`` does; otherwise row by row.
    """
    return _search(_digits(grid), constrained)[1]


def _digits(grid: Iterable[Iterable[int]]) -> list[list[int]]:
    """A copy of the grid in Python's own integers, its shape and entries checked."""
    given = [list(islice(row, 10)) for row in islice(grid, 10)]  # 10: one too many
    if [len(row) for row in given] != [9] * 9:
        raise ValueError(f"want 9 rows of 9, got rows of {[len(row) for row in given]}")
    for row in given:
        for x, entry in enumerate(row):
            try:
                digit = index(entry)
            except TypeError:
                digit = -1
            if isinstance(entry, bool) or not 0 <= digit <= 9:
                raise ValueError(f"an entry must be an integer 0..9, got {entry!r}")
            row[x] = digit
    return given


# --8<-- [start:sudoku]
def _search(
    cells: list[list[int]], constrained: bool
) -> tuple[list[list[int]] | None, int]:
    """Fill the holes in place; the solution, and how many digits were written."""
    rows, columns, boxes = [0] * 9, [0] * 9, [0] * 9  # bit d: has the digit d
    holes = [(y, x) for y in range(9) for x in range(9) if cells[y][x] == 0]
    nodes = 0

    def free(hole: tuple[int, int]) -> int:
        y, x = hole
        return DIGITS & ~(rows[y] | columns[x] | boxes[y // 3 * 3 + x // 3])

    def flip(y: int, x: int, bit: int) -> None:  # write it, or take it back
        rows[y] ^= bit
        columns[x] ^= bit
        boxes[y // 3 * 3 + x // 3] ^= bit

    def fill() -> bool:
        nonlocal nodes
        if not holes:
            return True
        choices = [free(hole).bit_count() for hole in holes]
        k = choices.index(min(choices)) if constrained else 0
        y, x = holes.pop(k)
        left = free((y, x))
        while left:
            bit = left & -left
            left ^= bit
            nodes += 1
            cells[y][x] = bit.bit_length() - 1
            flip(y, x, bit)
            if fill():
                return True
            flip(y, x, bit)
        cells[y][x] = 0
        holes.insert(k, (y, x))
        return False

    for y, row in enumerate(cells):
        for x, digit in enumerate(row):
            if digit and not free((y, x)) >> digit & 1:
                raise ValueError(
                    f"clues must not conflict: {digit} at row {y}, column {x} is"
                    " already in that row, column or box"
                )
            flip(y, x, 1 << digit if digit else 0)
    return (cells if fill() else None), nodes
    # --8<-- [end:sudoku]


# --8<-- [start:word]
def word_exists(board: Iterable[Iterable[str]], word: str) -> bool:
    """Whether the word stands along neighbouring cells, none of them used twice.

    The board is left as it was; a word may be as long as memory allows.

    Args:
        board: rows of equal length, each a string or a list of single characters.
        word: what to look for; the empty word is everywhere, on no cells at all.

    Raises:
        ValueError: for rows of different lengths, or a cell that is no character.
        TypeError: if the word is no string.
    """
    rows = _characters(board)
    if not isinstance(word, str):
        raise TypeError(f"word must be a string, got {word!r}")
    if not word:
        return True
    if Counter(word) - Counter(letter for row in rows for letter in row):
        return False  # a letter is not there as often as the word needs it
    path: list[tuple[int, int]] = []
    used: set[tuple[int, int]] = set()
    levels: list[Iterator[tuple[int, int]]] = [
        iter([(y, x) for y, row in enumerate(rows) for x in range(len(row))])
    ]
    while levels:
        for y, x in levels[-1]:  # goes on where this level stopped
            if (y, x) not in used and rows[y][x] == word[len(path)]:
                break
        else:  # no choice left: one level up
            levels.pop()
            if path:
                used.remove(path.pop())  # undo
            continue
        path.append((y, x))  # choose
        used.add((y, x))
        if len(path) == len(word):
            return True
        levels.append(_around(y, x, rows))
    return False
    # --8<-- [end:word]


def _around(y: int, x: int, rows: list[list[str]]) -> Iterator[tuple[int, int]]:
    """The cells above, below, left and right, as far as they are on the board."""
    for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
        if 0 <= v < len(rows) and 0 <= u < len(rows[0]):
            yield v, u


def _characters(board: Iterable[Iterable[str]]) -> list[list[str]]:
    """The board as lists, its shape and its cells checked."""
    rows = [list(row) for row in board]
    if len({len(row) for row in rows}) > 1:
        lengths = [len(row) for row in rows]
        raise ValueError(f"want rows of equal length, got lengths {lengths}")
    for cell in (cell for row in rows for cell in row):
        if not isinstance(cell, str) or len(cell) != 1:
            raise ValueError(f"a cell must be one character, got {cell!r}")
    return rows
