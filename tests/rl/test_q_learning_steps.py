"""Oracles: fractions by hand for the tables that the frames show."""

import re
from fractions import Fraction

import pytest

from tests.frames import captions, number, words

NAME = "rl/q_learning"


def shown(index):
    """The values in the cells: action 1 in states 0 to 3, then action 0."""
    return [number(x) for x in words(NAME, index) if re.fullmatch(r"[\d.]+", x)]


@pytest.mark.parametrize(("first", "last", "order"), [(0, 9, "fwd"), (9, 12, "back")])
def test_each_frame_shows_the_table_of_fractions(first, last, order):
    said = captions(NAME)
    assert len(said) == 12
    q = [Fraction(0)] * 4
    for frame in range(first, last):
        s = (frame - first) % 3 if order == "fwd" else 2 - (frame - first)
        target = Fraction(1) if s == 2 else Fraction(9, 10) * q[s + 1]
        q[s] += (target - q[s]) / 2
        want = [*(float(x) for x in q), 0, 0, 0, 0]
        assert shown(frame) == pytest.approx(want, abs=6e-6)
        text = said[frame]
        assert f"from {s} to {s + 1}" in text
        end = float(re.search(r"(\S+)\.$", text)[1])
        assert end == pytest.approx(float(q[s]), abs=6e-6)
        start = f"Forward, pass {frame // 3 + 1}" if order == "fwd" else "Backward"
        assert text.startswith(start)
        sums = re.search(r"Target ([^.]*(?:\.\d[^.]*)*)\. ", text)[1]
        assert float(sums.split("= ")[-1]) == pytest.approx(float(target), abs=6e-6)
