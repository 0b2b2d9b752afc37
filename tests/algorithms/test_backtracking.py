"""Oracles: itertools over all orders, choices and walks; OEIS; a plain sudoku check."""

import copy
import functools
import math
import operator
import random
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import (
    combinations,
    count,
    islice,
    pairwise,
    permutations,
    product,
    repeat,
)
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.algorithms import backtracking as exercises
from figures.record import record
from notekit.study.judge import judge
from snippets.algorithms import backtracking as b
from snippets.algorithms.backtracking.queens import _queens

USUAL = """530070000 600195000 098000060 800060003 400803001 700020006 060000280
    000419005 000080079"""
HARD = """800000000 003600000 070090200 050007000 000045700 000100030 001000068
    008500010 090000400"""
CATALAN = [1, 1, 2, 5, 14, 42, 132, 429, 1430, 4862]
QUEENS = [1, 1, 0, 0, 2, 10, 4, 40, 92, 352]  # OEIS A000170
QUEEN_NODES = [1, 2, 3, 6, 17, 54, 153, 552, 2057]
BOARD = ["ABCE", "SFCS", "ADEE"]
small = st.lists(st.integers(-2, 3), max_size=6)


def grid(text):
    return [[int(digit) for digit in row] for row in text.split()]


def calls(run, within, line):
    """How often the code came to a line."""
    return len(record(run, within, [line], "")[1])


# Permutations and subsets.


@given(small)
def test_permutations_are_the_set_of_all_orders_in_their_order(items):
    assert b.permutations(items) == sorted(set(permutations(items)))


@given(small)
def test_subsets_are_all_choices_sorted_and_each_once(items):
    chosen = (combinations(sorted(items), size) for size in range(len(items) + 1))
    assert b.subsets(items) == sorted({c for size in chosen for c in size})


def test_300_random_multisets():
    draw = random.Random(0)
    for _ in range(300):
        items = [draw.randint(0, 3) for _ in range(draw.randint(0, 6))]
        assert b.permutations(items) == sorted(set(permutations(items)))
        places = product([0, 1], repeat=len(items))
        kept = {tuple(sorted(i for i, k in zip(items, p) if k)) for p in places}
        assert b.subsets(items) == sorted(kept)


def test_what_is_listed_may_be_any_items_with_an_order():
    assert b.permutations("ba") == [("a", "b"), ("b", "a")]
    assert b.permutations(iter([2, 1])) == [(1, 2), (2, 1)]
    assert b.subsets(np.array([2, 1, 2])) == b.subsets([1, 2, 2])
    assert b.subsets(iter([(1, 2)])) == [(), ((1, 2),)]
    assert b.permutations([]) == b.subsets([]) == [()]


@pytest.mark.parametrize("solve", [b.permutations, b.subsets])
@pytest.mark.parametrize(
    "bad",
    [[1, "a"], [0.0, math.nan], [{1}, {2}], [1j, 2], [Decimal("NaN"), Decimal(1)]],
)
def test_items_without_an_order_are_refused(solve, bad):
    with pytest.raises(ValueError, match="must have an order"):
        solve(bad)


@pytest.mark.parametrize("solve", [b.permutations, b.subsets])
def test_500_items_fit_on_the_stack_and_501_are_refused(solve):
    assert len(solve([7] * 500)) == (1 if solve is b.permutations else 501)
    with pytest.raises(ValueError, match="at most 500 items, got more"):
        solve([7] * 501)


def test_what_has_no_end_is_refused():
    for solve in (b.permutations, b.subsets):
        with pytest.raises(ValueError, match="at most 500 items"):
            solve(count())
    row = [0] * 9
    for endless in (repeat(row), [count()] * 9):
        with pytest.raises(ValueError, match="want 9 rows of 9"):
            b.solve_sudoku(endless)
    assert b.queens_below(repeat(0), 4) == []


@pytest.mark.parametrize("n", range(6))
def test_the_code_itself_enters_as_many_nodes_as_the_formula_says(n):
    nodes = calls(lambda: b.permutations(range(n)), b.permutations, "if len(path)")
    assert nodes == sum(
        math.factorial(n) // math.factorial(n - k) for k in range(n + 1)
    )
    assert nodes <= math.e * math.factorial(n)
    assert calls(lambda: b.subsets(range(n)), b.subsets, "found.append") == 2**n


def test_equal_items_are_cut_near_the_root():
    def nodes(items):
        return calls(lambda: b.permutations(items), b.permutations, "if len(path)")

    assert nodes([1, 1, 1, 2]) == 14
    assert nodes([1] * 6) == 7


# Parentheses.


def test_parentheses_are_those_of_all_strings_that_balance():
    for n in range(6):
        texts = ("".join(t) for t in product("()", repeat=2 * n))
        balanced = []
        for text in texts:
            heights = [0]
            for c in text:
                heights.append(heights[-1] + (1 if c == "(" else -1))
            if min(heights) == 0 == heights[-1]:
                balanced.append(text)
        assert b.generate_parentheses(n) == balanced


def test_there_are_catalan_many_and_no_dead_ends():
    for n, catalan in enumerate(CATALAN[:9]):
        found = b.generate_parentheses(n)
        assert len(found) == catalan == math.comb(2 * n, n) // (n + 1)
        if n < 7:
            beginnings = {text[:k] for text in found for k in range(2 * n + 1)}
            run = lambda n=n: b.generate_parentheses(n)  # noqa: E731
            nodes = calls(run, b.generate_parentheses, "if closed == n")
            assert nodes == len(beginnings) == sum(CATALAN[1 : n + 2])


def test_the_first_of_250_pairs_is_as_deep_as_the_stack_must_bear():
    with pytest.raises(ValueError, match=r"n must be an integer in 0\.\.250, got 251"):
        b.generate_parentheses(251)

    class EnoughError(Exception):
        pass

    def stop(frame, event, _):
        if frame.f_code.co_name == "extend" and frame.f_locals.get("closed") == 250:
            raise EnoughError
        return

    sys.setprofile(stop)
    try:
        with pytest.raises(EnoughError):
            b.generate_parentheses(250)
    finally:
        sys.setprofile(None)


# Queens.


@pytest.mark.parametrize("n", range(8))
def test_queens_are_the_permutations_without_equal_diagonals(n):
    free = [
        p
        for p in permutations(range(n))
        if all(abs(p[i] - p[j]) != j - i for i, j in combinations(range(n), 2))
    ]
    assert b.n_queens(n) == free == list(b.each_queens(n))
    assert b.count_queens(n) == len(free) == QUEENS[n]


def test_larger_boards_and_known_placements():
    assert [b.count_queens(n) for n in range(10)] == QUEENS
    assert b.count_queens(10) == 724
    assert len(b.n_queens(8)) == 92
    assert len(b.n_queens(9)) == 352
    assert b.n_queens(4) == [(1, 3, 0, 2), (2, 0, 3, 1)]
    assert b.n_queens(6)[0] == (1, 3, 5, 0, 2, 4)
    assert next(b.each_queens(8)) == (0, 4, 7, 5, 2, 6, 1, 3)


def test_nodes_of_queens_by_the_children_and_by_the_code_itself():
    for n, nodes in enumerate(QUEEN_NODES):
        assert b.count_nodes(lambda path, n=n: b.queens_below(path, n), ()) == nodes
        assert calls(lambda n=n: b.n_queens(n), _queens, "if row == n") == nodes
        masks = calls(lambda n=n: b.count_queens(n), b.count_queens, "if cols == full")
        assert masks == nodes
    assert b.count_nodes(lambda path: b.queens_below(path, 9), ()) == 8394


def test_a_full_board_has_no_children():
    assert b.queens_below((1, 3, 0, 2), 4) == []
    assert b.queens_below((), 0) == []
    assert b.queens_below([0], 4) == [(0, 2), (0, 3)]
    assert b.queens_below(iter([np.int8(0)]), 4) == [(0, 2), (0, 3)]


@pytest.mark.parametrize("bad", [4, -1, True, 1.0])
def test_a_column_that_is_none_of_the_board_is_refused(bad):
    with pytest.raises(ValueError, match=r"column must be an integer in 0\.\.3, got"):
        b.queens_below([bad], 4)


def test_the_search_rests_between_two_placements():
    every = b.each_queens(12)
    first = list(islice(every, 2))
    assert first[0] == (0, 2, 4, 7, 9, 11, 5, 10, 1, 6, 8, 3) < first[1]
    some = b.each_queens(6)
    assert [*islice(some, 1), *some] == b.n_queens(6)


@pytest.mark.parametrize("solve", [b.n_queens, b.each_queens, b.count_queens])
@pytest.mark.parametrize("bad", [-1, True, 2.0, "4", None, 501, np.bool_(True)])
def test_a_size_that_is_no_small_natural_number_is_refused_at_once(solve, bad):
    with pytest.raises(ValueError, match=r"n must be an integer in 0\.\.500, got"):
        solve(bad)
    with pytest.raises(ValueError, match=r"n must be an integer in 0\.\.500, got"):
        b.queens_below((), bad)
    with pytest.raises(ValueError, match=r"n must be an integer in 0\.\.250, got"):
        b.generate_parentheses(bad)


def test_numpy_s_integers_will_do():
    assert b.n_queens(np.int8(4)) == b.n_queens(4)
    assert b.count_queens(np.uint8(8)) == 92
    assert b.generate_parentheses(np.int64(3)) == b.generate_parentheses(3)


# The size of trees.


class Script:
    """Chooses as it is told, and knows how likely that was."""

    def __init__(self, picks):
        self.picks, self.chance = iter(picks), Fraction(1)

    def choice(self, below):
        self.chance /= len(below)
        return below[next(self.picks)]


def walks(children, node, picks=()):
    """The choices of all walks from the root to a leaf."""
    below = children(node)
    if not below:
        yield picks
    for k, child in enumerate(below):
        yield from walks(children, child, (*picks, k))


@pytest.mark.parametrize("n", range(7))
def test_the_mean_of_the_estimate_over_all_walks_is_the_size(n):
    def children(path):
        return b.queens_below(path, n)

    total, chance = Fraction(0), Fraction(0)
    for picks in walks(children, ()):
        draw = Script(picks)
        total += b.estimate_nodes(children, (), draw) * draw.chance
        chance += draw.chance
    assert chance == 1
    assert total == QUEEN_NODES[n]


def test_the_walks_of_four_queens_by_hand():
    def children(path):
        return b.queens_below(path, 4)

    found = [
        b.estimate_nodes(children, (), Script(picks)) for picks in walks(children, ())
    ]
    assert found == [13, 21, 17, 17, 21, 13]


def test_2_000_walks_come_within_three_standard_errors_of_2057():
    draw = random.Random(1)
    found = [
        b.estimate_nodes(lambda p: b.queens_below(p, 8), (), draw) for _ in range(2_000)
    ]
    assert abs(mean(found) - 2057) < 3 * stdev(found) / math.sqrt(2_000)
    assert 1000 < stdev(found) < 1140


def test_trees_of_three_freedoms():
    columns = lambda path: [(*path, c) for c in range(8) if c not in path]  # noqa: E731
    assert b.count_nodes(columns, ()) == 109_601
    assert math.factorial(8) == 40_320
    assert 8**8 == 16_777_216
    assert b.count_nodes(lambda path: [], "root") == 1
    assert b.estimate_nodes(lambda path: [], "root", random.Random(0)) == 1


# Sudoku.


def is_right(solved, clues):
    """Rows, columns and boxes by slices of an array, and the clues kept."""
    s, digits = np.array(solved), list(range(1, 10))
    boxes = [s[y : y + 3, x : x + 3].ravel() for y in (0, 3, 6) for x in (0, 3, 6)]
    units = [*s, *s.T, *boxes]
    kept = all(c in (0, d) for c, d in zip(np.ravel(clues), s.ravel()))
    return kept and all(sorted(unit.tolist()) == digits for unit in units)


@pytest.mark.parametrize(
    ("text", "row", "content", "nodes", "by_row"),
    [(USUAL, -1, "345286179", 51, 4208), (HARD, 0, "812753649", 10_101, 49_558)],
    ids=["usual", "hard"],
)
def test_published_sudokus_and_their_nodes(text, row, content, nodes, by_row):
    clues = grid(text)
    before = copy.deepcopy(clues)
    solved = b.solve_sudoku(clues)
    assert is_right(solved, clues)
    assert "".join(map(str, solved[row])) == content
    assert clues == before
    assert b.sudoku_nodes(clues) == nodes
    assert b.sudoku_nodes(clues, constrained=False) == by_row


def test_the_usual_sudoku_has_51_holes_and_its_first_row():
    assert sum(row.count(0) for row in grid(USUAL)) == 51
    assert b.solve_sudoku(grid(USUAL))[0] == [5, 3, 4, 6, 7, 8, 9, 1, 2]


def test_row_by_row_it_writes_what_a_plain_search_writes():
    """With sets, a copied grid for each node, and no masks."""
    nodes = 0

    def fill(cells):
        nonlocal nodes
        if 0 not in cells:
            return True
        i = cells.index(0)
        y, x = divmod(i, 9)
        seen = {
            cells[j]
            for j in range(81)
            if j // 9 == y or j % 9 == x or (j // 27, j % 9 // 3) == (y // 3, x // 3)
        }
        for digit in range(1, 10):
            if digit not in seen:
                nodes += 1
                if fill([*cells[:i], digit, *cells[i + 1 :]]):
                    return True
        return False

    assert fill(functools.reduce(operator.iadd, grid(USUAL), []))
    assert nodes == b.sudoku_nodes(grid(USUAL), constrained=False)


def test_30_random_sudokus_are_solved_in_both_orders():
    draw = random.Random(2)
    full = b.solve_sudoku(grid(USUAL))
    for holes in range(0, 60, 2):
        names = draw.sample(range(1, 10), 9)
        clues = [[names[digit - 1] for digit in row] for row in full]
        for place in draw.sample(range(81), holes):
            clues[place // 9][place % 9] = 0
        assert is_right(b.solve_sudoku(clues), clues)
        assert b.sudoku_nodes(clues) >= holes
        if holes < 40:
            assert b.sudoku_nodes(clues, constrained=False) >= holes


def test_a_full_an_empty_and_an_impossible_grid():
    full = b.solve_sudoku(grid(USUAL))
    again = b.solve_sudoku(full)
    assert again == full
    assert again is not full
    assert b.sudoku_nodes(full) == 0
    assert is_right(b.solve_sudoku(np.zeros((9, 9), int)), [[0] * 9] * 9)
    stuck = [[0] * 9 for _ in range(9)]
    stuck[0][:8] = range(1, 9)
    stuck[5][8] = 9  # the last hole of row 0 needs it
    assert b.solve_sudoku(stuck) is None
    assert b.sudoku_nodes(stuck) == 0


def test_a_grid_that_needs_a_wrong_guess_undone():
    """Two digits change places in the first column after the first guess fails."""
    clues = grid(HARD)
    assert b.sudoku_nodes(clues) > sum(row.count(0) for row in clues)
    impossible = grid(HARD)
    impossible[0][1] = 2  # the solution, which is the only one, has a 1 there
    assert b.solve_sudoku(impossible) is None


@pytest.mark.parametrize(
    "places", [((0, 0), (0, 8)), ((0, 4), (8, 4)), ((3, 3), (5, 5))]
)
def test_clues_in_conflict_are_refused(places):
    clues = [[0] * 9 for _ in range(9)]
    for y, x in places:
        clues[y][x] = 5
    y, x = places[1]
    with pytest.raises(
        ValueError, match=f"must not conflict: 5 at row {y}, column {x}"
    ):
        b.solve_sudoku(clues)


@pytest.mark.parametrize("bad", [10, -1, True, 2.0, "5", None])
def test_an_entry_that_is_no_digit_is_refused(bad):
    clues = [[0] * 9 for _ in range(9)]
    clues[4][4] = bad
    with pytest.raises(ValueError, match=r"an entry must be an integer 0\.\.9, got"):
        b.sudoku_nodes(clues)


@pytest.mark.parametrize("shape", [(8, 9), (9, 8), (0, 0), (10, 9)])
def test_a_grid_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="want 9 rows of 9, got rows of"):
        b.solve_sudoku(np.zeros(shape, int))


# Words.


def stands(board, word):
    """By all orders of as many cells as the word has letters."""
    cells = [(y, x) for y, row in enumerate(board) for x in range(len(row))]
    return any(
        all(abs(p[0] - q[0]) + abs(p[1] - q[1]) == 1 for p, q in pairwise(path))
        and all(board[y][x] == c for (y, x), c in zip(path, word))
        for path in permutations(cells, len(word))
    )


def test_the_samples_of_leetcode_79():
    found = [b.word_exists(BOARD, word) for word in ("ABCCED", "SEE", "ABCB", "")]
    assert found == [True, True, False, True]


@given(
    st.integers(1, 3).flatmap(
        lambda n: st.lists(st.text("ab", min_size=n, max_size=n), max_size=3)
    ),
    st.text("ab", max_size=5),
)
def test_words_are_those_of_all_walks(board, word):
    assert b.word_exists(board, word) == stands(board, word)


def test_a_cell_is_free_again_for_another_path():
    assert b.word_exists(["AB", "AA"], "AABA")
    assert not b.word_exists(["A"], "AA")
    assert b.word_exists(["A"], "A")
    assert not b.word_exists([], "A")
    assert b.word_exists([], "")
    assert not b.word_exists(["", ""], "A")


def test_a_word_may_be_longer_than_python_s_stack_is_deep():
    letters = [chr(0x4E00 + i) for i in range(1600)]
    rows = [
        letters[40 * y : 40 * y + 40][:: 1 if y % 2 == 0 else -1] for y in range(40)
    ]
    word = "".join(letters)
    assert len(word) > sys.getrecursionlimit()
    assert b.word_exists(rows, word)
    assert b.word_exists(rows, word[::-1])
    assert not b.word_exists(rows, word[:-2] + word[-1])


def test_a_letter_too_few_ends_it_before_any_search():
    board = ["A" * 8] * 8  # without the count, more walks than anybody can wait for
    assert not b.word_exists(board, "A" * 40 + "B")
    assert not b.word_exists(board, "A" * 65)


def test_the_tree_of_a_word_is_within_its_bound():
    class Counted(str):
        seen = 0
        __hash__ = str.__hash__

        def __eq__(self, other):
            Counted.seen += 1
            return str.__eq__(self, other)

    for side, length in ((2, 3), (4, 5), (6, 4)):
        rows = [[Counted("A") for _ in range(side)] for _ in range(side)]
        rows[0][0], rows[0][1], rows[1][0] = Counted("B"), Counted("C"), Counted("C")
        for row in rows:
            row.append(Counted("C"))
        Counted.seen = 0
        assert not b.word_exists(rows, "A" * (length - 1) + "B")
        cells = side * (side + 1)
        assert Counted.seen <= 2 * cells + cells + 4 * cells * (
            2 * 3 ** (length - 1) - 1
        )


def test_boards_and_words_of_another_kind_are_refused():
    with pytest.raises(ValueError, match=r"rows of equal length, got lengths \[2, 1\]"):
        b.word_exists(["AB", "A"], "A")
    for bad in ("AB", "", 3, None):
        with pytest.raises(ValueError, match="a cell must be one character, got"):
            b.word_exists([["A", bad]], "A")
    with pytest.raises(TypeError, match="word must be a string, got 3"):
        b.word_exists(["A"], 3)
    assert b.word_exists(iter([iter("AB")]), "BA")


# What goes wrong, as the page says.


def test_a_without_a_copy_the_pairs_of_bits_are_four_empty_lists():
    found, path = [], []

    def extend():
        if len(path) == 2:
            found.append(path)
            return
        for bit in (0, 1):
            path.append(bit)
            extend()
            path.pop()

    extend()
    assert found == [[], [], [], []]


def marking(board, word, unmark_on_success):
    rows = [list(row) for row in board]

    def find(y, x, k):
        if k == len(word):
            return True
        if not (0 <= y < len(rows) and 0 <= x < len(rows[0]) and rows[y][x] == word[k]):
            return False
        rows[y][x] = "#"
        around = ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
        if not unmark_on_success:
            if any(find(v, u, k + 1) for v, u in around):
                return True
            rows[y][x] = word[k]
            return False
        found = any(find(v, u, k + 1) for v, u in around)
        rows[y][x] = word[k]
        return found

    places = [(y, x) for y in range(len(rows)) for x in range(len(rows[0]))]
    return [any(find(y, x, 0) for y, x in places) for _ in range(2)]


def test_b_success_without_undo_spoils_the_board():
    assert marking(BOARD, "ABCCED", unmark_on_success=False) == [True, False]
    assert marking(BOARD, "ABCCED", unmark_on_success=True) == [True, True]


def orders(items, waits):
    """Permutations under a rule for an item that equals its left neighbour."""
    used, path, found = [False] * len(items), [], []

    def extend():
        if len(path) == len(items):
            found.append(tuple(path))
            return
        for i, item in enumerate(items):
            twin = i > 0 and item == items[i - 1]
            if used[i] or (twin and waits(used[i - 1])):
                continue
            used[i] = True
            path.append(item)
            extend()
            path.pop()
            used[i] = False

    extend()
    return found


def test_c_without_a_look_at_used_there_is_no_permutation():
    assert orders([1, 1, 1, 2], lambda left: True) == []
    assert orders([1, 1, 1, 2], lambda left: not left) == b.permutations([1, 1, 1, 2])


def test_d_without_sorting_each_comes_twice():
    found = orders([1, 2, 1], lambda left: not left)
    assert len(found) == 6
    assert all(found.count(p) == 2 for p in found)


def test_e_one_diagonal_is_not_enough():
    def kept(key):
        return [
            p
            for p in permutations(range(4))
            if len({key(*at) for at in enumerate(p)}) == 4
        ]

    assert (0, 1, 2, 3) in kept(lambda r, c: r + c)
    both = set(kept(lambda r, c: r + c)) & set(kept(lambda r, c: r - c))
    assert sorted(both) == b.n_queens(4)


def test_f_a_square_ever_visited_is_lost():
    board, word = ["AB", "AA"], "AABA"
    visited = set()

    def find(y, x, k):
        if k == len(word):
            return True
        inside = 0 <= y < 2 and 0 <= x < 2
        if not inside or (y, x) in visited or board[y][x] != word[k]:
            return False
        visited.add((y, x))
        around = ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
        return any(find(v, u, k + 1) for v, u in around)

    assert not any(find(y, x, 0) for y in (0, 1) for x in (0, 1))
    assert stands(board, word)


def test_g_the_sum_of_both_thirds_has_five_values():
    places = [(y, x) for y in range(9) for x in range(9)]
    assert len({y // 3 + x // 3 for y, x in places}) == 5
    assert len({y // 3 * 3 + x // 3 for y, x in places}) == 9


def test_h_a_full_grid_with_a_wrong_digit_has_no_hole_and_is_refused():
    full = b.solve_sudoku(grid(USUAL))
    full[8][8] = full[8][8] % 9 + 1
    assert not any(0 in row for row in full)
    with pytest.raises(ValueError, match="must not conflict"):
        b.solve_sudoku(full)


def test_i_ten_queens_have_four_times_the_nodes_of_nine():
    masks = calls(lambda: b.count_queens(10), b.count_queens, "if cols == full")
    assert masks == 35_539
    assert 4 < masks / 8394 < 4.5


def test_both_ends_of_a_word_have_the_same_paths_and_other_trees():
    """The board with one B: fewest choices first."""

    def size(board, word):
        def children(path):
            if len(path) == len(word):
                return []
            cells = product(range(5), range(5))
            return [
                (*path, (y, x))
                for y, x in cells
                if (not path or abs(y - path[-1][0]) + abs(x - path[-1][1]) == 1)
                and (y, x) not in path
                and board[y][x] == word[len(path)]
            ]

        return b.count_nodes(children, ())

    corner = ["AAAAB", *["AAAAA"] * 4]
    assert (size(corner, "A" * 8 + "B"), size(corner, "B" + "A" * 8)) == (14_929, 1056)
    assert 14 < 14_929 / 1056 < 14.2


@pytest.mark.parametrize("n", range(1, 10))
def test_half_of_the_nodes_below_the_root_remain_for_even_n_and_more_for_odd(n):
    """Below the root: by the first queen, left, right, and in the middle column."""
    size = [
        b.count_nodes(lambda path: b.queens_below(path, n), (first,))
        for first in range(n)
    ]
    assert size == size[::-1]
    kept = sum(size[: (n + 1) // 2])
    assert (2 * kept == sum(size)) == (n % 2 == 0)
    assert 2 * kept >= sum(size)


def test_a_sudoku_is_covered_exactly_and_queens_leave_diagonals_empty():
    solved = b.solve_sudoku(grid(USUAL))
    covered = [
        item
        for y, row in enumerate(solved)
        for x, d in enumerate(row)
        for item in (("row", y, d), ("column", x, d), ("box", y // 3, x // 3, d))
    ]
    assert len(covered) == len(set(covered)) == 3 * 81
    for path in b.n_queens(6):
        assert len({r - c for r, c in enumerate(path)}) == 6 < 11


# What looks like a list of results and is none.


def answer(name, parts):
    return f"""
from itertools import product
keys = ["", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"]
def {name}(digits):
    found = ["".join(p) for p in product(*(keys[int(d)] for d in digits))]
    return {parts}
"""


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ("set(found) if digits else ()", "passed"),
        ("found[::-1] if digits else ()", "passed"),
        ("found if digits else ''", "wrong"),
        ("dict.fromkeys(found) if digits else {}", "wrong"),
        (
            "(keys[int(digits)] if len(digits) == 1 else found) if digits else []",
            "wrong",
        ),
        ("found if 0 < len(digits) < 8 else []", "wrong"),
    ],
)
def test_the_judge_takes_any_order_but_no_text_and_no_dictionary(parts, kind):
    assert judge(exercises.phone, answer("letter_combinations", parts)).kind == kind


@pytest.mark.parametrize(
    ("test", "way", "kind"),
    [
        ("True", "tuple(w)", "passed"),
        ("True", "''.join(w) if all(len(p) == 1 for p in w) else w", "wrong"),
        ("True", "''.join(w) if len(set(text)) == len(text) > 0 else w", "wrong"),
        ("end < 13", "w", "wrong"),
        ("end != 2", "w", "wrong"),
    ],
)
def test_the_judge_of_cuts_wants_pieces_of_any_length(test, way, kind):
    verdict = judge(
        exercises.cuts,
        f"""
def palindrome_cuts(text):
    def cut(rest):
        if not rest:
            return [[]]
        ends = [end for end in range(1, len(rest) + 1) if {test}]
        right = [end for end in ends if rest[:end] == rest[:end][::-1]]
        return [[rest[:end], *more] for end in right for more in cut(rest[end:])]
    return [{way} for w in cut(text)]
""",
    )
    assert verdict.kind == kind


def test_the_judge_of_addresses_wants_a_list_where_there_is_none():
    found = """
def ip_addresses(digits):
    import ipaddress
    from itertools import combinations
    texts = []
    for i, j, k in combinations(range(1, len(digits)), 3):
        text = ".".join((digits[:i], digits[i:j], digits[j:k], digits[k:]))
        try:
            ipaddress.IPv4Address(text)
        except ValueError:
            continue
        texts.append(text)
    return texts
"""
    assert judge(exercises.address, found).kind == "passed"
    empty = found.replace("return texts", "return texts or ''")
    assert judge(exercises.address, empty).kind == "wrong"
