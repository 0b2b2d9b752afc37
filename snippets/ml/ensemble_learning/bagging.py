"""Bagging: the same learner on many resampled copies of the data, then an average.

Reference:
    Breiman, "Bagging Predictors", Machine Learning 24, 1996, doi:10.1007/BF00058655.
"""

import math
from collections.abc import Iterable

import numpy as np

from ._checks import _integer, _rows
from .learners import Learner


# --8<-- [start:bagging]
def bootstrap_indices(n: int, rng: np.random.Generator) -> np.ndarray:
    """n row numbers out of n, drawn with replacement; shape (n,).

    Raises:
        ValueError: if n is no integer >= 1.
    """
    n = _integer("n", n, 1)
    return rng.integers(n, size=n)


def oob_fraction(n: int) -> float:
    """Chance that a bootstrap sample of n rows misses a given row (out of bag).

    Raises:
        ValueError: if n is no integer >= 1.
    """
    n = _integer("n", n, 1)
    # 1 - 1/n rounds, and its n-th power would magnify that n times.
    return math.exp(n * math.log1p(-1 / n)) if n > 1 else 0.0


def bagging_predict(
    X: np.ndarray,
    y: np.ndarray,
    X_test: np.ndarray,
    learner: Learner,
    B: int,
    rng: np.random.Generator,
    classify: bool = False,
) -> np.ndarray:
    """Fit B members on B bootstrap samples and combine their predictions.

    Args:
        X: shape (n, d).
        y: shape (n,).
        X_test: shape (m, d).
        learner: a function ``(X, y) -> predict``, such as ``TreeLite().fit``.
        B: number of members, >= 1.
        rng: draws the samples.
        classify: True for a majority vote, False for a mean.

    Returns:
        Shape (m,).

    Raises:
        ValueError: if B < 1, or X and y differ in length or are empty.
    """
    B = _integer("B", B, 1)
    X, y = _rows(X, y)
    members = []
    for _ in range(B):
        rows = bootstrap_indices(len(X), rng)
        members.append(learner(X[rows], y[rows])(X_test))
    return combine(np.array(members), classify)
    # --8<-- [end:bagging]


def combine(predictions: np.ndarray, classify: bool = False) -> np.ndarray:
    """One prediction per column from the predictions of B members.

    Args:
        predictions: shape (B, m), B >= 1: numbers, or labels if ``classify``.
        classify: True for the most frequent label, the smallest among equals; False
            for the mean.

    Returns:
        Shape (m,).

    Raises:
        ValueError: if there are not two axes, no members, labels without ``classify``,
            or NaN among the labels.
    """
    predictions = np.asarray(predictions)
    if predictions.ndim != 2 or len(predictions) == 0:
        raise ValueError(f"predictions must be (B >= 1, m), got {predictions.shape}")
    kind = predictions.dtype.kind
    if not classify:
        if kind not in "biuf":
            raise ValueError(f"a mean needs numbers, got {predictions.dtype}")
        return predictions.mean(0, dtype=float)
    if kind == "f" and np.isnan(predictions).any():
        raise ValueError("labels must be comparable, got NaN")
    if predictions.size == 0:
        return predictions[0]  # of no rows
    labels = np.unique(predictions)
    votes = (predictions == labels[:, None, None]).sum(1)  # (labels, m)
    return labels[votes.argmax(0)]


# --8<-- [start:oob]
def oob_predict(
    X: np.ndarray, y: np.ndarray, samples: Iterable[np.ndarray], learner: Learner
) -> np.ndarray:
    """Predict each training row with those members only that never saw it.

    Args:
        X: shape (n, d).
        y: shape (n,), numbers; with -1 and 1 the sign of the result is the vote.
        samples: shape (B, n), row numbers; member b is fitted on ``samples[b]``.
        learner: a function ``(X, y) -> predict``.

    Returns:
        Shape (n,); NaN for a row that is in every sample.

    Raises:
        ValueError: if X and y differ in length or are empty, or a sample is anything
            but row numbers.
    """
    X, y = _rows(X, y)
    total, count = np.zeros(len(X)), np.zeros(len(X))
    for sample in samples:
        rows = np.asarray(sample)
        if rows.dtype.kind not in "iu" or not np.isin(rows, np.arange(len(X))).all():
            raise ValueError(f"a sample must be rows of 0..{len(X) - 1}, got {rows}")
        out = np.setdiff1d(np.arange(len(X)), rows)
        if len(out):
            total[out] += learner(X[rows], y[rows])(X[out])
            count[out] += 1
    return np.divide(total, count, out=np.full(len(X), np.nan), where=count > 0)
    # --8<-- [end:oob]
