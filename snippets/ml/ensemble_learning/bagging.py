"""Bagging: the same learner on many resampled copies of the data, then an average.

Reference:
    Breiman, "Bagging Predictors", Machine Learning 24, 1996, doi:10.1007/BF00058655.
"""

import numpy as np

from .learners import Learner


# --8<-- [start:bagging]
def bootstrap_indices(n: int, rng: np.random.Generator) -> np.ndarray:
    """n row numbers out of n, drawn with replacement; shape (n,).

    Raises:
        ValueError: if n < 1.
    """
    if n < 1:
        raise ValueError(f"n must be >= 1, got {n}")
    return rng.integers(n, size=n)


def oob_fraction(n: int) -> float:
    """Chance that a bootstrap sample of n rows misses a given row (out of bag).

    Raises:
        ValueError: if n < 1.
    """
    if n < 1:
        raise ValueError(f"n must be >= 1, got {n}")
    return (1 - 1 / n) ** n


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
    if B < 1:
        raise ValueError(f"B must be >= 1, got {B}")
    _check_rows(X, y)
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
        ValueError: if there are not two axes or no members.
    """
    predictions = np.asarray(predictions)
    if predictions.ndim != 2 or len(predictions) == 0:
        raise ValueError(f"predictions must be (B >= 1, m), got {predictions.shape}")
    if not classify:
        return predictions.mean(0)
    labels = np.unique(predictions)
    votes = (predictions == labels[:, None, None]).sum(1)  # (labels, m)
    return labels[votes.argmax(0)]


# --8<-- [start:oob]
def oob_predict(
    X: np.ndarray, y: np.ndarray, samples: np.ndarray, learner: Learner
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
        ValueError: if X and y differ in length or are empty.
    """
    _check_rows(X, y)
    total, count = np.zeros(len(X)), np.zeros(len(X))
    for rows in samples:
        out = np.setdiff1d(np.arange(len(X)), rows)
        if len(out):
            total[out] += learner(X[rows], y[rows])(X[out])
            count[out] += 1
    return np.divide(total, count, out=np.full(len(X), np.nan), where=count > 0)
    # --8<-- [end:oob]


def _check_rows(X: np.ndarray, y: np.ndarray) -> None:
    if len(X) != len(y) or len(X) == 0:
        sizes = f"{len(X)} and {len(y)}"
        raise ValueError(f"X and y must have the same number of rows >= 1, got {sizes}")
