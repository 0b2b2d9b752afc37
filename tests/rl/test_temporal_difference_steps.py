"""Oracles: fractions by hand and the closed form of a trace, for what frames say."""

import re
from fractions import Fraction

import pytest

from tests.frames import captions, number, words

PATH = [3, 4, 3, 4, 5, 6]
NAME = "rl/temporal_difference"


def shown(index):
    """The five values above the bars, and the traces below, by what is drawn."""
    texts = [x for x in words(NAME, index) if not re.fullmatch(r"[0-6]", x)]
    return [number(x) for x in texts]


def test_two_walks_without_traces_are_those_of_fractions():
    v = dict.fromkeys(range(1, 6), Fraction(1, 2))
    for frame, said in enumerate(captions(NAME)[:10]):
        t = frame % 5
        s, s2 = PATH[t], PATH[t + 1]
        after = v.get(s2, Fraction(0))
        delta = (t == 4) + after - v[s]
        assert f"walk {frame // 5 + 1}: from {s} to {s2}" in said
        assert float(re.search(r"= (\S+)\. ", said)[1]) == pytest.approx(float(delta))
        v[s] += delta / 2
        assert shown(frame) == pytest.approx([float(x) for x in v.values()], abs=6e-4)


def test_with_traces_the_last_error_reaches_each_state_by_its_age():
    said = captions(NAME)[10:]
    assert len(said) == 5
    for last in range(5):
        assert f"from {PATH[last]} to {PATH[last + 1]}" in said[last]
        found = {s: 0.0 for s in range(1, 6)}
        for t in range(last + 1):
            found[PATH[t]] += 0.9 ** (last - t)
        values = [0.5] * 5
        if last == 4:
            values = [0.5 + 0.5 * 0.5 * found[s] for s in found]
        numbers = shown(10 + last)
        traces = [x for x in found.values() if x]
        expected = sorted([*values, *traces])
        assert sorted(numbers) == pytest.approx(expected, abs=6e-3)
    assert re.search(r"δ = 0\.5\. ", said[4])
