"""Oracles: queues filled by hand."""

import re

from tests.frames import captions, words

NAME = "nlp/mixture_of_experts"
PICKS = [[0, 1], [0, 2], [1, 0], [0, 1], [0, 3], [0, 1]]
# In the order of service: token, expert, places taken before, kept.
HAND = [
    *[(0, 0, 0, 1), (1, 0, 1, 1), (2, 1, 0, 1), (3, 0, 2, 1), (4, 0, 3, 0)],
    *[(5, 0, 3, 0), (0, 1, 1, 1), (1, 2, 0, 1), (2, 0, 3, 0), (3, 1, 2, 1)],
    *[(4, 3, 0, 1), (5, 1, 3, 0)],
]
QUEUES = [[0, 1, 3], [2, 0, 3], [1], [4]]


def test_each_caption_tells_who_asks_whom_and_what_comes_of_it():
    found = captions(NAME)
    assert len(found) == 14
    for at, (token, expert, taken, kept) in enumerate(HAND):
        name = ("first", "second")[at // 6]
        want = f"The {name} choice of token {token} is expert {expert}, where {taken}"
        want += " of 3 places are taken: it is "
        assert found[at + 1].startswith(want + ("kept." if kept else "dropped."))
        assert PICKS[token][at // 6] == expert
    assert found[-1].startswith(
        "8 of 12 choices are kept, and 4 places stay empty. Token 5 has"
    )


def test_the_pictures_show_the_queues_so_far():
    for frame in range(14):
        done = HAND[: min(frame, 12)]
        dropped = sum(not kept for *_, kept in done)
        placed = [f"t{token}" for token, _, _, kept in done if kept]
        labels = [f"t{i}" for i in range(6)] + [f"e{e}" for e in range(4)]
        shown = words(NAME, frame)
        assert sorted(w for w in shown if re.match("[te]", w)) == sorted(
            labels + placed
        )
        assert shown.count("×") == dropped


def test_the_queues_by_hand_are_those_of_the_steps():
    queues = [[], [], [], []]
    for token, expert, taken, kept in HAND:
        assert len(queues[expert]) == taken
        if kept:
            queues[expert].append(token)
    assert queues == QUEUES
