"""Stacking: a second learner finds out how to combine the first ones.

It must see what they predict for rows they were *not* fitted on. What a fully grown
tree predicts for its own training rows is their labels, and would earn all the trust.

Reference:
    Wolpert, "Stacked Generalization", Neural Networks 5, 1992,
    doi:10.1016/S0893-6080(05)80023-1.
"""

from collections.abc import Sequence

import numpy as np

from .learners import Learner, Predict


# --8<-- [start:stacking]
def out_of_fold(
    X: np.ndarray, y: np.ndarray, learners: Sequence[Learner], k_folds: int
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
    n = len(X)
    if len(y) != n:
        raise ValueError(
            f"X and y must have the same number of rows, got {n}, {len(y)}"
        )
    if not 2 <= k_folds <= n:
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
    learners: Sequence[Learner],
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
    features = out_of_fold(X, y, learners, k_folds)
    final = (meta or least_squares)(features, y)
    fitted = [learner(X, y) for learner in learners]
    return final(meta_features(fitted, X_test))
    # --8<-- [end:stacking]


def meta_features(fitted: Sequence[Predict], X: np.ndarray) -> np.ndarray:
    """What fitted members say about X, side by side; shape (m, columns).

    For the training rows of those same members this is what stacking must not use.

    Raises:
        ValueError: if there are no members.
    """
    if len(fitted) == 0:
        raise ValueError("need at least one learner, got none")
    return np.column_stack([predict(X) for predict in fitted])


def least_squares(X: np.ndarray, y: np.ndarray) -> Predict:
    """Linear regression with an intercept; the shortest solution if there are many.

    Args:
        X: shape (n, d).
        y: shape (n,).

    Returns:
        A function from an array of shape (m, d) to (m,) predictions.
    """
    middle, level = X.mean(0), y.mean()
    slope = np.linalg.lstsq(X - middle, y - level, rcond=None)[0]
    return lambda new: (new - middle) @ slope + level
