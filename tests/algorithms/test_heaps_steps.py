"""Oracles: heapq, and heapify by recursion, written again."""

import heapq
import re
from itertools import pairwise

from tests.frames import captions, words

NAME = "algorithms/heaps"
START = [3, 1, 6, 5, 2, 4]


def lists():
    """What the cells of the list hold in each frame: the tree and the cells agree."""
    for index in range(len(captions(NAME))):
        shown = [int(word) for word in words(NAME, index)]
        # Of each place: in the tree, in its cell, and its number below.
        assert shown[0::3] == shown[1::3]
        assert shown[2::3] == list(range(len(START)))
        yield shown[0::3]


def each_swap(a, i):
    """Let the item at i sink by recursion; yields the list after each exchange."""
    children = [c for c in (2 * i + 1, 2 * i + 2) if c < len(a)]
    least = min(children, key=a.__getitem__, default=i)
    if a[least] < a[i]:
        a[i], a[least] = a[least], a[i]
        yield a.copy()
        yield from each_swap(a, least)


def test_the_lists_are_those_of_the_exchanges_from_the_last_parent_to_the_first():
    a, expected = START.copy(), [START]
    for i in (2, 1, 0):
        expected += each_swap(a, i)
    seen = [*lists()]
    changes = [seen[0]] + [now for last, now in pairwise(seen) if now != last]
    assert changes == expected


def test_the_last_list_is_what_heapq_makes():
    a = START.copy()
    heapq.heapify(a)  # the same heap here, though it goes down another way
    assert [*lists()][-1] == a


def test_each_comparison_names_the_smaller_child_and_what_follows():
    said = captions(NAME)
    seen = [*lists()]
    compared = 0
    for before, caption, after in zip(seen, said, seen[1:], strict=False):
        if found := re.search(r"(?:Root|Further down, at) (\d)", caption):
            i = int(found[1])
            children = before[2 * i + 1 : 2 * i + 3]
            compared += len(children)
            [least] = re.findall(r"(?:is|only child is) (\d)\.", caption)
            assert int(least) == min(children)
            assert f"{before[i]}" in caption
            swaps = min(children) < before[i]
            assert ("they change places" in caption) == swaps == (before != after)
            if swaps:
                assert f"{least} < {before[i]}" in caption
    n = len(START)
    assert f"It took {compared} comparisons" in said[-1]
    heights = 2 + 1 + 1  # of the places 0, 1 and 2; the others are leaves
    assert f"add up to 6 − 2 = {heights}" in said[-1]
    assert said[-1].endswith(f"twice that: {2 * heights}.")
    assert f"All {n} places are in order: {min(START)} is in front" in said[-1]
