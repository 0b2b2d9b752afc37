"""Oracles: the population that the points are drawn from, and numbers written down."""

import numpy as np
import pytest

from snippets.ml.datasets import (
    CENTRES,
    FACTORS,
    INTERCEPT,
    NOISE,
    SLOPES,
    three_groups,
)


def test_everybody_sees_the_same_points():
    data = three_groups()
    assert data.X.shape == (150, 2)
    assert data.X.dtype == data.target.dtype == np.float64
    assert data.y.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    assert data.X[:3].tolist() == [[2.11, 1.96], [2.58, 2.33], [1.52, 2.04]]
    assert data.target[:3].tolist() == [6.2, 6.32, 4.93]
    again = three_groups(50, seed=0)
    assert np.array_equal(again.X, data.X)
    assert np.array_equal(again.target, data.target)
    assert not np.array_equal(three_groups(50, seed=1).X, data.X)


def test_many_points_have_the_centres_the_spread_and_the_slopes_that_are_said():
    data = three_groups(200_000, seed=3)
    for group, (centre, factor) in enumerate(zip(CENTRES, FACTORS, strict=True)):
        X = data.X[data.y == group]
        assert np.abs(X.mean(axis=0) - centre).max() < 0.01
        wanted = np.array(factor) @ np.array(factor).T
        assert np.abs(np.cov(X.T) - wanted).max() < 0.01
    columns = np.column_stack([np.ones(len(data.X)), data.X])
    found, rest, *_ = np.linalg.lstsq(columns, data.target)
    assert np.abs(found - [INTERCEPT, *SLOPES]).max() < 0.01
    assert abs((rest[0] / len(columns)) ** 0.5 - NOISE) < 0.01


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "5", None])
def test_no_points_are_refused(n):
    with pytest.raises(ValueError, match="n_each must be an integer of at least 1"):
        three_groups(n)
    assert len(three_groups(np.int64(1)).X) == 3
