"""Oracles: fractions by hand, for what the frames say and show."""

import re
from fractions import Fraction

import pytest

from tests.frames import captions, number, words

NAME = "rl/actor_critic_gae"
REWARDS = [1, 0, 2, -1]
VALUES = [Fraction(1, 2), 1, -1, 2, 3]


def by_hand(after):
    """TD errors and advantages, last step first; ``after`` is the value at the end."""
    nexts = [1, after, 2, 3]
    carried, found = Fraction(0), []
    for t in (3, 2, 1, 0):
        delta = REWARDS[t] + Fraction(9, 10) * nexts[t] - VALUES[t]
        carried = delta + (0 if t == 1 else Fraction(18, 25) * carried)
        found.append((t, delta, carried))
    return found


def test_the_frames_are_the_two_recursions_of_fractions():
    said = captions(NAME)
    assert len(said) == 8
    wanted = [*by_hand(0), *by_hand(7)]
    for index, (t, delta, advantage) in enumerate(wanted):
        kind = "Terminated" if index < 4 else "Truncated"
        assert said[index].startswith(f"{kind} at step 1. Step {t}: ")
        assert float(number(re.search(r"δ = ([^,. ]+(\.\d+)?)", said[index])[1])) == (
            pytest.approx(float(delta), rel=1e-3)
        )
        last = number(re.search(r"A = (\S+)\.$", said[index])[1])
        assert last == pytest.approx(float(advantage), rel=1e-3)
        assert ("Nothing" in said[index]) == (t in (1, 3))
        shown = [number(x) for x in words(NAME, index) if x not in "0123✂"]
        so_far = wanted[index - index % 4 : index + 1]
        assert sorted(shown) == pytest.approx(
            sorted(float(a) for *_, a in so_far), rel=1e-3
        )
