"""Oracles: the window that the captions speak of, letter by letter, and brute force."""

import re
from collections import Counter

from tests.frames import captions, number, numbers, words

NAME = "algorithms/two_pointers_sliding_window"
S, T = "ADOBECODEBANC", "ABC"
MOVE = re.compile(r"hi takes in (\w)|lo lets (\w) go")


def windows():
    """What is inside in each frame but the last, by the captions alone."""
    lo = hi = 0
    yield S[lo:hi]
    for said in captions(NAME)[1:-1]:
        [(came, went)] = MOVE.findall(said)
        assert (came or went) == (S[hi] if came else S[lo])
        lo, hi = (lo, hi + 1) if came else (lo + 1, hi)
        yield S[lo:hi]


def test_counts_and_what_is_missing_are_those_of_the_window():
    for index, window in enumerate(windows()):
        tail = words(NAME, index)[-8:]
        assert tail[::2] == ["A", "B", "C", "missing"]
        inside = Counter(window)
        needed = [1 - inside[letter] for letter in T]
        assert [number(x) for x in tail[1:6:2]] == needed
        assert number(tail[7]) == sum(max(0, n) for n in needed)


def test_the_best_so_far_is_the_shortest_that_has_been_inside():
    seen = []
    held = list(windows())
    for index, (window, said) in enumerate(zip(held, captions(NAME)[:-1])):
        if index and set(T) <= set(held[index - 1]) and "lets" in said:
            seen.append(held[index - 1])  # it is noted before a letter goes
            first = min(seen, key=len)
            shortest = len(seen) == 1 or len(seen[-1]) < min(map(len, seen[:-1]))
            assert shortest == ("the shortest so far" in said)
            assert numbers(said)[0] == len(seen[-1])
            assert first in words(NAME, index)
        still = numbers(said)[-1] if "Still missing" in said else None
        if still is not None:
            assert still == len(set(T) - set(window))
        assert ("Nothing is missing" in said) == (
            "takes" in said and set(T) <= set(window)
        )


def test_the_answer_is_the_shortest_of_all_windows_after_23_moves():
    ends = [(lo, hi) for lo in range(13) for hi in range(lo + 1, 14)]
    held = [S[lo:hi] for lo, hi in ends if set(T) <= set(S[lo:hi])]
    last = captions(NAME)[-1]
    assert f"the answer is {min(held, key=len)}." in last
    moves = len(captions(NAME)) - 2
    assert numbers(last) == [13, 10, moves, 13]
    assert moves == 23
