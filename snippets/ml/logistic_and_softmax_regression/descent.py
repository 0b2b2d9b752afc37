"""Gradient descent on the logistic loss, to be watched where there is no minimum."""

from collections.abc import Sequence

import numpy as np

from ._checks import _features, _integer, _labels, _positive
from .binary import logistic_loss


# --8<-- [start:descent]
def descent_path(
    X: np.ndarray, y: np.ndarray, rate: float, at: Sequence[int]
) -> list[tuple[int, np.ndarray, float]]:
    """Steps, weights and loss of gradient descent from zero, after the steps ``at``.

    There is no intercept and no penalty.

    Args:
        X: features, shape (n, d).
        y: labels 0 or 1, shape (n,).
        rate: size of a step, above 0.
        at: numbers of steps, rising, at least 0.

    Raises:
        ValueError: if an argument is not allowed.
    """
    X, rate = _features(X), _positive("rate", rate)
    signed = (2 * _labels(y, len(X), 2) - 1)[:, None] * X  # (n, d)
    w, done, path = np.zeros(X.shape[1]), 0, []
    for stop in at:
        for _ in range(done, _integer("at", stop, done)):
            wrong = np.exp(-np.logaddexp(0, signed @ w))  # sigmoid of minus the margin
            w = w + rate * (wrong @ signed) / len(X)
        done = int(stop)
        path.append((done, w.copy(), logistic_loss(X, y, w, 0.0)))
    return path
    # --8<-- [end:descent]
