"""Oracles: scikit-learn, for what frames say."""

import re

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from tests.frames import captions, numbers


def test_the_errors_of_boosting_are_those_of_trees_of_scikit_learn():
    x = np.linspace(0.02, 0.98, 24)
    y = np.sin(2 * np.pi * x) + 0.15 * np.random.default_rng(5).standard_normal(24)
    margin = np.full(24, y.mean())
    said = captions("ml/gradient_boosting")
    assert len(said) == 14
    for added in said[2:-1:2]:
        left = np.abs(y - margin)
        tree = DecisionTreeRegressor(max_depth=2).fit(x[:, None], y - margin)
        margin += 0.5 * tree.predict(x[:, None])
        [after] = re.findall(r"to (\d\.\d+);", added)
        assert float(after) == pytest.approx(((y - margin) ** 2).mean(), abs=0.000501)
        assert numbers(added)[-2:] == [(np.abs(y - margin) < left).sum(), 24]


def test_a_share_of_each_tree_is_worse_on_the_rows_and_better_on_the_curve():
    x = np.linspace(0.02, 0.98, 24)
    y = np.sin(2 * np.pi * x) + 0.15 * np.random.default_rng(5).standard_normal(24)
    fine = np.linspace(0, 1, 201)
    errors = []
    for eta in (1, 0.5):
        margin, line = np.full(24, y.mean()), np.full(201, y.mean())
        for _ in range(6):
            tree = DecisionTreeRegressor(max_depth=2).fit(x[:, None], y - margin)
            margin += eta * tree.predict(x[:, None])
            line += eta * tree.predict(fine[:, None])
        on_rows = ((y - margin) ** 2).mean()
        errors.append((on_rows, ((np.sin(2 * np.pi * fine) - line) ** 2).mean()))
    (full, full_off), (half, half_off) = errors
    assert full < half
    assert full_off > half_off
    said = numbers(captions("ml/gradient_boosting")[-1])
    assert said[:4] == pytest.approx([6, 1, full, half], abs=0.000501)
    # Between the rows scikit-learn rounds its thresholds another way.
    assert said[4:] == pytest.approx([full_off, half_off, 0.5], abs=0.0015)
