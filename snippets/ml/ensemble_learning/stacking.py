"""Stacking: a second learner finds out how to combine the first ones.

It must see what they predict for rows they were *not* fitted on. What a fully grown
tree predicts for its own training rows is their labels, and would earn all the trust.

Reference:
    Wolpert, "Stacked Generalization", Neural Networks 5, 1992,
    doi:10.1016/S0893-6080(05)80023-1.
"""

from collections.abc import Iterable

import numpy as np

from ._checks import _finite, _integer, _rows
from .learners import Learner, Predict


# --8<-- [start:stacking]
def out_of_fold(
    X: np.ndarray, y: np.ndarray, learners: Iterable[Learner], k_folds: int
) -> np.ndarray:
    """Predictions for each training row by members fitted on the other folds.

    Args:
        X: shape (n, d).
        y: shape (n,).
        learners: functions ``(X, y) -> predict``; a prediction may have several
            columns, such as class probabilities.
        k_folds: 2 to n folds of neighbouring rows; shuffle sorted data beforehand.

    Returns:
        Shape (n, columns of all learners).

    Raises:
        ValueError: if k_folds is not in 2..n, there are no learners, or X and y differ
            in length.
    """
    (X, y), learners = _rows(X, y), list(learners)
    n, k_folds = len(X), _integer("k_folds", k_folds, 2)
    if k_folds > n:
        raise ValueError(f"k_folds must be in 2..{n}, got {k_folds}")
    parts = []
    for fold in np.array_split(np.arange(n), k_folds):
        rest = np.setdiff1d(np.arange(n), fold)
        fitted = [learner(X[rest], y[rest]) for learner in learners]
        parts.append(meta_features(fitted, X[fold]))
    return np.concatenate(parts)


def stack_fit_predict(
    X: np.ndarray,
    y: np.ndarray,
    X_test: np.ndarray,
    learners: Iterable[Learner],
    k_folds: int,
    meta: Learner | None = None,
) -> np.ndarray:
    """Fit the meta-learner on out-of-fold predictions, the learners on all rows.

    Args:
        X: shape (n, d).
        y: shape (n,).
        X_test: shape (m, d).
        learners, k_folds: as for ``out_of_fold``.
        meta: combines them, ``(features, y) -> predict``; None for ``least_squares``.

    Returns:
        Shape (m,).

    Raises:
        ValueError: as ``out_of_fold``.
    """
    (X, y), learners = _rows(X, y), list(learners)
    features = out_of_fold(X, y, learners, k_folds)
    final = (meta or least_squares)(features, y)
    fitted = [learner(X, y) for learner in learners]
    return final(meta_features(fitted, X_test))
    # --8<-- [end:stacking]


def meta_features(fitted: Iterable[Predict], X: np.ndarray) -> np.ndarray:
    """What fitted members say about X, side by side; shape (m, columns).

    For the training rows of those same members this is what stacking must not use.

    Raises:
        ValueError: if there are no members.
    """
    said = [predict(X) for predict in fitted]
    if not said:
        raise ValueError("need at least one learner, got none")
    return np.column_stack(said)


def least_squares(X: np.ndarray, y: np.ndarray) -> Predict:
    """Linear regression with an intercept; of many solutions the shortest.

    Its length is measured in the spread of each column, so that small units count.

    Args:
        X: shape (n, d).
        y: shape (n,).

    Returns:
        A function from an array of shape (m, d) to (m,) predictions.

    Raises:
        ValueError: if shapes do not fit, a value is not finite, or sums overflow.
    """
    X, y = _finite("X", X, "nd"), _finite("y", y, "n")
    X, y = _rows(X, y)
    largest = max(np.abs(X).max(), np.abs(y).max())
    if largest > 1e300:
        raise ValueError(f"sums of values above 1e300 may overflow, got {largest}")
    middle, level = X.mean(0), y.mean()
    spread = np.abs(X - middle).max(0)
    spread[spread == 0] = 1
    slope = np.linalg.lstsq((X - middle) / spread, y - level, rcond=None)[0]

    def predict(new: np.ndarray) -> np.ndarray:
        new = np.asarray(new)
        new = _finite("X", new, "md") if new.size else new.astype(float)
        if new.shape[1:] != middle.shape:
            raise ValueError(f"X must have shape (m, {len(middle)}), got {new.shape}")
        return ((new - middle) / spread) @ slope + level

    return predict
