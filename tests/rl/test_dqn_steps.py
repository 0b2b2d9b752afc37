"""Oracles: running sums by hand, and the sums of a list after the change."""

import itertools
import re

from tests.frames import captions, numbers, words

NAME = "rl/dqn"
PRIORITIES = [1, 0, 3, 2, 4, 0, 0, 0]


def levels(leaves):
    """All sums, the root first."""
    rows = [leaves]
    while len(rows[0]) > 1:
        rows.insert(0, [a + b for a, b in zip(rows[0][::2], rows[0][1::2])])
    return list(itertools.chain(*rows))


def shown(index):
    return [int(x) for x in words(NAME, index) if re.fullmatch(r"\d+", x)]


def test_the_search_ends_where_the_running_sum_exceeds_the_number():
    said = captions(NAME)
    assert len(said) == 8
    for frame in range(4):
        assert shown(frame) == levels(PRIORITIES)
    u, lefts = 5.2, (6, 1, 3)
    for frame, left in enumerate(lefts):
        right = u >= left
        assert numbers(said[frame])[:2] == [round(u, 4), left]
        assert ("go right" if right else "go left") in said[frame]
        u -= left * right
    assert numbers(said[3]) == [3, 2, 1.2, 3]
    sums = list(itertools.accumulate(PRIORITIES))
    assert sums[2] <= 5.2 < sums[3]


def test_an_update_climbs_and_leaves_the_sums_of_the_new_leaves():
    said = captions(NAME)
    assert numbers(said[4]) == [3, 5, 2]
    assert [numbers(x)[-1] for x in said[5:]] == [8, 9, 13]
    assert [numbers(x)[:2] for x in said[5:]] == [[3, 5], [1, 8], [9, 4]]
    assert shown(7) == levels([1, 0, 3, 5, 4, 0, 0, 0])
    changed = [a != b for a, b in zip(shown(4), shown(7))]
    assert sum(changed) == 3
