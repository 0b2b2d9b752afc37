"""Oracles: a closed form, for what frames say."""

import math
import re

import pytest

from tests.frames import captions, number, numbers, words


def test_the_bound_of_adaboost_is_the_product_over_its_errors():
    said = captions("ml/ensemble_learning")
    errors = [float(re.findall(r"of weight (\d\.\d+)", s)[0]) for s in said[1:-1:2]]
    bound = math.prod(2 * math.sqrt(e * (1 - e)) for e in errors)
    assert len(errors) == 3
    *_, wrong, rows, shown = numbers(said[-1])
    assert shown == pytest.approx(bound, rel=0.02)
    assert wrong / rows <= bound
    for caption in said[2:-1:2]:
        assert "now hold 0.500, half" in caption
    for caption, error in zip(said[1:-1:2], errors, strict=True):
        alpha = math.log((1 - error) / error) / 2
        assert numbers(caption)[-1] == pytest.approx(alpha, rel=0.005)


def test_only_in_the_corner_does_the_vote_say_plus():
    said = captions("ml/ensemble_learning")
    alphas = [numbers(s)[-1] for s in said[1:-1:2]]
    assert [re.findall(r"(says .) ", s) for s in said[1:-1:2]] == [
        ["says +"],
        ["says +"],
        ["says −"],
    ]
    sums = [
        float(f"{a * alphas[0] + b * alphas[1] - alphas[2]:.2f}")
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    shown = [number(w) for w in words("ml/ensemble_learning", -1)]
    assert sorted(shown) == pytest.approx(sorted(sums), abs=0.011)
    assert sum(s > 0 for s in shown) == 1
