"""Oracles: scipy's densities and weighted moments by numpy, for what frames say."""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from snippets.ml.datasets import three_groups
from tests.frames import captions, number, numbers, words

NAME = "ml/em_and_gmm"


def joint(X, w, mu, S):
    columns = [w[k] * multivariate_normal(mu[k], S[k]).pdf(X) for k in range(3)]
    return np.stack(columns, axis=1)


def test_both_bars_are_the_likelihood_and_the_bound_after_each_half_step():
    X = three_groups(8).X
    w, mu = np.full(3, 1 / 3), np.array([[2.0, 4.0], [5.0, 4.0], [3.5, 5.0]])
    S = np.stack([np.eye(2)] * 3)
    first, *middle, last = captions(NAME)
    p = joint(X, w, mu, S)
    assert numbers(first) == pytest.approx([24, np.log(p.sum(1)).sum()], abs=0.00501)
    for index, (guess, move) in enumerate(zip(middle[::2], middle[1::2], strict=True)):
        R = p / p.sum(axis=1, keepdims=True)
        before = np.log(p.sum(axis=1)).sum()
        unsure = sum(max(row) < 0.9 for row in R)
        said = [index + 1, unsure, 24, 90, before]
        assert numbers(guess) == pytest.approx(said, abs=0.00501)
        assert [number(t) for t in words(NAME, 2 * index + 1)[1::2]] == pytest.approx(
            [before, before], abs=0.00501
        )
        w = R.mean(axis=0)
        mu = np.stack([np.average(X, axis=0, weights=r) for r in R.T])
        S = np.stack([np.cov(X.T, aweights=r, ddof=0) for r in R.T])
        p = joint(X, w, mu, S)
        after = np.log(p.sum(axis=1)).sum()
        bound = sum(
            r * math.log(q / r)
            for row, parts in zip(R, p)
            for r, q in zip(row, parts)
            if r > 0
        )
        assert numbers(move) == pytest.approx(
            [index + 1, before, bound, after], abs=0.00501
        )
        assert before < bound < after
        assert [number(t) for t in words(NAME, 2 * index + 2)[1::2]] == pytest.approx(
            [after, bound], abs=0.00501
        )
    R = p / p.sum(axis=1, keepdims=True)
    w = R.mean(axis=0)
    mu = np.stack([np.average(X, axis=0, weights=r) for r in R.T])
    S = np.stack([np.cov(X.T, aweights=r, ddof=0) for r in R.T])
    gain = np.log(joint(X, w, mu, S).sum(axis=1)).sum() - after
    assert numbers(last) == pytest.approx([after - bound, gain], abs=0.00501)
