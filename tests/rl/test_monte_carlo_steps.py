"""Oracles: sums by hand and brute force, for what frames say."""

import re

import numpy as np
import pytest

from snippets.rl.environments import GridWorld
from tests.frames import captions, number, numbers, words


def test_the_returns_of_the_episode_are_discounted_sums():
    texts = words("rl/monte_carlo", -1)
    start = texts.index("G") + 1
    rows = [texts[k : k + 5] for k in range(start, start + 45, 5)]
    rewards = [number(row[3]) for row in rows]
    for i, row in enumerate(rows):
        g = sum(0.9**k * r for k, r in enumerate(rewards[i:]))
        assert number(row[4]) == pytest.approx(g, abs=0.00501)
    first, every = captions("rl/monte_carlo")[-2:]
    pair = max(
        ((row[1], row[2]) for row in rows), key=[(r[1], r[2]) for r in rows].count
    )
    g = [number(row[4]) for row in rows if (row[1], row[2]) == pair]
    assert len(g) >= 3
    steps = [i for i, row in enumerate(rows) if (row[1], row[2]) == pair]
    assert numbers(first)[-3:] == [len(g), steps[0], g[0]]
    assert numbers(every)[:-1] == [len(g), *(len(rows) - i for i in steps)]
    assert numbers(every)[-1] == pytest.approx(np.mean(g), abs=0.011)


def test_the_episode_says_which_draws_were_not_greedy():
    """Greedy here: no value iteration of the note, but every policy that moves once."""
    forbidden = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
    world = GridWorld(5, 5, forbidden, target=(3, 2))
    v = np.zeros(25)
    for _ in range(1000):
        v = (world.R + 0.9 * world.P @ v).max(axis=1)
    q = world.R + 0.9 * world.P @ v
    moves = ["up", "right", "down", "left", "stay"]
    for said in captions("rl/monte_carlo")[:9]:
        [(row, column, move)] = re.findall(
            r"\((\d), (\d)\) the policy draws “(\w+)”", said
        )
        s = 5 * int(row) + int(column)
        best = np.flatnonzero(q[s] > q[s].max() - 1e-9)
        if found := re.findall(r"not the greedy “(\w+)”", said):
            assert moves.index(found[0]) in best
            assert moves.index(move) != moves.index(found[0])
        else:
            assert moves.index(move) in best
