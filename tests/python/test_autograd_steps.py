"""Oracles: a closed form, for what frames say."""

import math
import re

import pytest

from tests.frames import captions, numbers


def test_the_gradients_are_the_derivatives_by_hand():
    a, t = 2 * 0.25, math.tanh(2 * 0.25)
    slope = t + a * (1 - t * t)
    x, w = numbers(captions("python/autograd")[-1])
    assert x == pytest.approx(0.25 * slope, rel=0.005)
    assert w == pytest.approx(2 * slope, rel=0.005)


def test_the_slope_of_each_edge_is_what_its_symbol_is_worth():
    x, w = 2, 0.25
    a, t = x * w, math.tanh(x * w)
    worth = {"x": x, "w": w, "a": a, "t": t, "1 − t²": 1 - t * t}
    found = {}
    for said in captions("python/autograd"):
        for node, parent, symbol, slope in re.findall(
            r"∂(\w)/∂(\w) = (w|x|a|t|1 − t²) = ([\d.]+)", said
        ):
            found[node + parent] = symbol
            assert float(slope) == pytest.approx(worth[symbol], rel=0.002)
    # The derivatives of a = x w, t = tanh a and y = a t.
    assert found == {"ya": "t", "yt": "a", "ta": "1 − t²", "ax": "w", "aw": "x"}
