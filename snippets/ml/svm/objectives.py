"""What is minimised, what bounds it from below, and how far a pair is from optimal."""

import numpy as np

from ._checks import _array, _finite, _labels, _positive, _real, _square, _vector


def decision(alpha: np.ndarray, b: float, y: np.ndarray, K: np.ndarray) -> np.ndarray:
    """f at m points, shape (m,): its sign is the class.

    Args:
        alpha: multipliers of the n training points, shape (n,).
        b: intercept.
        y: their labels, -1 or 1, shape (n,).
        K: kernel of the new points with the training points, shape (m, n).

    Raises:
        ValueError: if an argument is not allowed.
    """
    K = _array("K", K, 2)
    n = K.shape[1]
    return K @ (_vector("alpha", alpha, n) * _labels(y, n)) + _real("b", b)


def dual_objective(alpha: np.ndarray, K: np.ndarray, y: np.ndarray) -> float:
    """Sum of alpha, less half the squared norm of the weights that it makes.

    Args:
        alpha: multipliers, shape (n,).
        K: kernel matrix of the training points, shape (n, n).
        y: labels, -1 or 1, shape (n,).

    Raises:
        ValueError: if an argument is not allowed, or the result overflows.
    """
    alpha = _array("alpha", alpha, 1)
    signed = alpha * _labels(y, len(alpha))
    with np.errstate(over="ignore", invalid="ignore"):
        value = alpha.sum() - signed @ _square(K, len(alpha)) @ signed / 2
    return _finite("alpha", value)


def primal_objective(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, C: float
) -> float:
    """Half the squared norm of ``w``, plus C times the sum of the hinge losses.

    Args:
        X: features, shape (n, d).
        y: labels, -1 or 1, shape (n,).
        w: weights, shape (d,).
        b: intercept, not penalised.
        C: price of a unit of slack, above 0.

    Raises:
        ValueError: if an argument is not allowed, or the result overflows.
    """
    X, C = _array("X", X, 2), _positive("C", C)
    w, y = _vector("w", w, X.shape[1]), _labels(y, len(X))
    with np.errstate(over="ignore"):
        slack = np.maximum(0, 1 - y * (X @ w + _real("b", b)))  # (n,)
        value = w @ w / 2 + C * slack.sum()
    return _finite("C and b", value)


def kkt_violation(
    alpha: np.ndarray, b: float, K: np.ndarray, y: np.ndarray, C: float
) -> float:
    """The largest breach of a condition of the optimum; 0 at the optimum.

    Args:
        alpha: multipliers, shape (n,). Those of exactly 0 or C count as at the bound.
        b: intercept.
        K: kernel matrix of the training points, shape (n, n).
        y: labels, -1 or 1, shape (n,).
        C: upper bound of ``alpha``, above 0.

    Raises:
        ValueError: if an argument is not allowed.
    """
    alpha, C = _array("alpha", alpha, 1), _positive("C", C)
    y, K = _labels(y, len(alpha)), _square(K, len(alpha))
    short = 1 - y * decision(alpha, b, y, K)  # by how much a margin is below 1
    breach = np.where(alpha < C, short, 0)  # below 1 needs alpha = C
    breach = np.maximum(breach, np.where(alpha > 0, -short, 0))  # above 1 needs 0
    box = np.maximum(-alpha, alpha - C).max()
    return float(max(breach.max(), box, abs(alpha @ y), 0.0))
