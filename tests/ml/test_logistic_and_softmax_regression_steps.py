"""Oracles: weighted least squares of scikit-learn, for what frames say."""

import re
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from tests.frames import captions, drawings, number

HOURS = np.array([0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75])
HOURS = np.append(HOURS, [3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5])
PASSED = np.array([0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1])


def weighted_fits(steps):
    """Slope, intercept and weights of each, by fits of a working response."""
    w, b, found = 0.0, 0.0, []
    for _ in range(steps + 1):
        z = w * HOURS + b
        p = 1 / (1 + np.exp(-z))
        weight = p * (1 - p)
        found.append((w, b, weight))
        line = LinearRegression().fit(
            HOURS[:, None], z + (PASSED - p) / weight, sample_weight=weight
        )
        w, b = float(line.coef_[0]), float(line.intercept_)
    return found


def test_each_frame_is_a_weighted_least_squares_fit_of_the_one_before():
    said = captions("ml/logistic_and_softmax_regression")
    assert len(said) == 6
    losses = []
    for text, (w, b, _) in zip(said, weighted_fits(5), strict=True):
        found = re.search(r"w = (\S+), b = (\S+), loss = (\d\.\d+)", text)
        assert number(found[1]) == pytest.approx(w, abs=5.1e-5)
        assert number(found[2]) == pytest.approx(b, abs=5.1e-5)
        z = w * HOURS + b
        loss = -np.log(np.where(PASSED == 1, 1, np.exp(-z)) / (1 + np.exp(-z))).mean()
        assert number(found[3]) == pytest.approx(loss, abs=5.1e-7)
        losses.append(found[3])
    for before, text in zip(losses[:-2], said[1:-1], strict=True):
        assert f"from {before}." in text


def test_the_weights_that_are_said_and_drawn_are_those_of_the_next_fit():
    said = captions("ml/logistic_and_softmax_regression")
    fits = weighted_fits(5)
    assert "the same weight p(1 − p) = 0.2500" in said[0]
    assert "divided by 0.2500." in said[0]
    for text, (_, _, weight) in zip(said[1:5], fits[1:5], strict=True):
        low, high = re.search(
            r"from (0\.\d{4}) at the far end to (0\.\d{4})", text
        ).groups()
        assert float(low) == pytest.approx(weight.min(), abs=5.1e-5)
        assert float(high) == pytest.approx(weight.max(), abs=5.1e-5)
        assert weight.argmin() == 19  # the student at the far right
    frames = list(drawings("ml/logistic_and_softmax_regression"))
    for drawn, (_, _, weight) in zip(frames, fits, strict=True):
        radii = [float(r) for r in re.findall(rb'<circle[^>]* r="([\d.]+)"', drawn)]
        assert np.sort(radii) == pytest.approx(np.sort(14 * np.sqrt(weight)), abs=0.011)


def test_the_last_frame_says_how_little_moved_and_where_the_curve_crosses_one_half():
    last = captions("ml/logistic_and_softmax_regression")[-1]
    fits = weighted_fits(7)
    moved, even = re.search(r"moved by (\S+) only.* at (\S+) hours", last).groups()
    assert float(moved) == pytest.approx(fits[5][0] - fits[4][0], abs=5.1e-7)
    assert float(even) == pytest.approx(-fits[5][1] / fits[5][0], abs=5.1e-5)
    errors = [abs(w - fits[7][0]) for w, _, _ in fits]
    for before, after in pairwise(errors[2:6]):
        assert 0.5 < after / before**2 < 0.8  # about squared
