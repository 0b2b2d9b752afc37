"""Example calls of snippets.algorithms.backtracking."""

from random import Random

import numpy as np

from snippets.algorithms import backtracking as b
from tests.inputs import Example, Promises, example

USUAL = """530070000 600195000 098000060 800060003 400803001 700020006 060000280
    000419005 000080079"""
GRID = [[int(digit) for digit in row] for row in USUAL.split()]
NEARLY = b.solve_sudoku(GRID)
assert NEARLY
NEARLY[0] = NEARLY[4] = [0] * 9  # a few holes: each digit is tried with bad ones


def _listed(n):
    return list(b.each_queens(n))


def _counted(n):
    return b.count_nodes(lambda path: b.queens_below(path, n), ())


def _estimated(n):
    return b.estimate_nodes(lambda path: b.queens_below(path, n), (), Random(0))


EXAMPLES: list[Example] = [
    Example(_counted, (4,), {}, of=b.count_nodes),
    example(b.count_queens, 5),
    Example(_listed, (4,), {}, of=b.each_queens),
    Example(_estimated, (4,), {}, of=b.estimate_nodes),
    example(b.generate_parentheses, 3),
    example(b.n_queens, 4),
    example(b.permutations, [3.0, 1.0, 1.0]),
    example(b.permutations, "abb"),
    example(b.queens_below, (1,), 4),
    example(b.solve_sudoku, GRID),
    example(b.solve_sudoku, np.array(GRID)),
    example(b.subsets, [3.0, 1.0, 1.0]),
    example(b.sudoku_nodes, NEARLY, constrained=False),
    example(b.word_exists, ["ABCE", "SFCS", "ADEE"], "ABCCED"),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
