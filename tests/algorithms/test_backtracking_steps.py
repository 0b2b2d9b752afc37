"""Oracles: brute force over all columns, for what frames say."""

import re
from itertools import permutations, product

from tests.frames import captions, numbers, words

NAME = "algorithms/backtracking"


def free(path):
    """Columns of the next row that no queen attacks."""
    row = len(path)
    return [
        c
        for c in range(4)
        if all(c != p and abs(c - p) != row - r for r, p in enumerate(path))
    ]


def test_the_nodes_come_in_lexicographic_order_until_the_first_placement():
    legal = sorted(
        path
        for size in range(5)
        for path in product(range(4), repeat=size)
        if all(path[k] in free(path[:k]) for k in range(size))
    )
    first = next(p for p in permutations(range(4)) if p in legal)
    wanted = legal[: legal.index(first) + 1]
    entered = [i for i, said in enumerate(captions(NAME)) if said.startswith("Node")]
    shown = [tuple(map(int, numbers(words(NAME, i)[-2]))) for i in entered]
    assert shown == wanted
    assert [words(NAME, i)[-1] for i in entered] == [
        f"#{k + 1}" for k in range(len(wanted))
    ]


def test_each_caption_names_the_queen_and_what_the_next_row_leaves():
    for i, said in enumerate(captions(NAME)):
        path = tuple(map(int, numbers(words(NAME, i)[-2])))
        if not said.startswith("Node") or not path or len(path) == 4:
            continue
        node, row, column, after, *left = map(int, numbers(said))
        assert (row, column, after) == (len(path) - 1, path[-1], len(path))
        assert words(NAME, i)[-1] == f"#{node}"
        columns = free(path)
        assert left == ([*columns, columns[0]] if columns else [])
        assert ("dead end" in said) == (not columns)


def test_what_is_taken_back_was_placed_and_the_next_column_follows():
    said = captions(NAME)
    undone = [i for i, text in enumerate(said) if text.startswith("Nothing")]
    assert len(undone) == 4
    for i in undone:
        path = tuple(map(int, numbers(words(NAME, i)[-2])))
        row, column, *rest = map(int, numbers(said[i]))
        later = [c for c in free(path) if c > column]
        assert row == len(path)
        assert column in free(path)
        assert rest == ([row, later[0]] if later else [row])
        assert bool(later) == bool(re.search("Next in row", said[i]))
