"""Backtracking: choose, go on, undo, and turn back where no choice is left.

What is built is a path from the root of a tree, one choice a level. Rows, columns and
choices are counted from 0. A problem with nothing to choose has one solution, the
empty one.

References:
    Knuth, "The Art of Computer Programming", volume 4B, section 7.2.2 (backtracking).
    Knuth, "Estimating the efficiency of backtrack programs", Mathematics of
    Computation 29, 1975, doi:10.1090/S0025-5718-1975-0373371-6.
"""

from .boards import solve_sudoku, sudoku_nodes, word_exists
from .lists import generate_parentheses, permutations, subsets
from .queens import count_queens, each_queens, n_queens, queens_below
from .tree import count_nodes, estimate_nodes

__all__ = [
    "count_nodes",
    "count_queens",
    "each_queens",
    "estimate_nodes",
    "generate_parentheses",
    "n_queens",
    "permutations",
    "queens_below",
    "solve_sudoku",
    "subsets",
    "sudoku_nodes",
    "word_exists",
]
