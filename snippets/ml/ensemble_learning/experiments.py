"""Data on which the families of ensembles can be told apart, and trees fitted to it."""

from typing import NamedTuple

import numpy as np

from ._checks import _integer, _number
from .bagging import bootstrap_indices
from .stacking import least_squares, meta_features, stack_fit_predict
from .tree import TreeLite


# --8<-- [start:sign]
def sign_task(
    n: int, flip: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two normal features; the label is the sign of their product, some flipped.

    Args:
        n: rows.
        flip: chance that a label is wrong, in [0, 1].
        rng: draws the features, then the flips.

    Returns:
        X of shape (n, 2), y of shape (n,), -1 or 1.

    Raises:
        ValueError: if n is no integer >= 1, or flip is outside [0, 1].
    """
    n = _integer("n", n, 1)
    _number("flip", flip, 0, 1)
    X = rng.standard_normal((n, 2))
    y = np.where(X[:, 0] * X[:, 1] > 0, 1, -1)
    return X, np.where(rng.random(n) < flip, -y, y)
    # --8<-- [end:sign]


class TreePredictions(NamedTuple):
    """Predictions at m fixed points by trees from R training sets."""

    truth: np.ndarray  # (m,), without noise
    plain: np.ndarray  # (R, m), one tree fitted to the whole set
    bagged: np.ndarray  # (R, B, m), one tree for each bootstrap sample


# --8<-- [start:trees]
def tree_predictions(
    R: int,
    B: int,
    n: int,
    d: int = 1,
    max_features: int | None = None,
    noise: float = 0.3,
    seed: int = 0,
) -> TreePredictions:
    """Fully grown trees on R data sets of n rows, noise added to a smooth function.

    The features are uniform on [0, 1]; the function is a sine wave of the first plus
    the sum of the second and third, if there are any.

    Raises:
        ValueError: if R, B, n, d or max_features is no integer >= 1, seed none >= 0, or
            noise negative or not finite.
    """
    R, B, n, d = (
        _integer(name, value, 1)
        for name, value in {"R": R, "B": B, "n": n, "d": d}.items()
    )
    seed = _integer("seed", seed, 0)
    _number("noise", noise, 0)
    rng, own = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    tree = TreeLite(classify=False, max_features=max_features, rng=own)

    def truth(X: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * X[:, 0]) + X[:, 1:3].sum(1)

    points = np.linspace(0, 1, 100)[:, None] if d == 1 else rng.random((100, d))
    plain, bagged = np.empty((R, 100)), np.empty((R, B, 100))
    for r in range(R):
        X = rng.random((n, d))
        y = truth(X) + noise * rng.standard_normal(n)
        plain[r] = tree.fit(X, y)(points)
        for b in range(B):
            rows = bootstrap_indices(n, rng)
            bagged[r, b] = tree.fit(X[rows], y[rows])(points)
    return TreePredictions(truth(points), plain, bagged)
    # --8<-- [end:trees]


# --8<-- [start:stack]
def stacking_errors(seed: int, n: int = 120) -> tuple[float, float]:
    """Test errors of a tree and a line, stacked the wrong way and the right way.

    The data is a line of slope 2 with noise of variance 1, so 1 is the best to expect.

    Returns:
        Mean squared test error with meta-features from the training rows themselves,
        and with out-of-fold ones.

    Raises:
        ValueError: if seed is no integer >= 0, or n none >= 5: there are five folds.
    """
    n = _integer("n", n, 5)
    rng = np.random.default_rng(_integer("seed", seed, 0))
    X, X_test = rng.uniform(-3, 3, (n, 1)), rng.uniform(-3, 3, (1000, 1))
    y = 2 * X[:, 0] + rng.standard_normal(n)
    y_test = 2 * X_test[:, 0] + rng.standard_normal(1000)
    learners = [TreeLite(classify=False).fit, least_squares]

    fitted = [learner(X, y) for learner in learners]
    wrong = least_squares(meta_features(fitted, X), y)  # they know these labels
    naive = wrong(meta_features(fitted, X_test))
    right = stack_fit_predict(X, y, X_test, learners, k_folds=5)
    return float(((naive - y_test) ** 2).mean()), float(((right - y_test) ** 2).mean())
    # --8<-- [end:stack]
