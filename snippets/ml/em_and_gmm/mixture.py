"""A mixture of Gaussians with full covariances, fitted by EM."""

import numpy as np

from ._checks import (
    _array,
    _integer,
    _log_joint,
    _mixture,
    _not_negative,
    _responsibilities,
)

Mixture = tuple[np.ndarray, np.ndarray, np.ndarray]


# --8<-- [start:likelihood]
def log_likelihood(
    X: np.ndarray, w: np.ndarray, mu: np.ndarray, S: np.ndarray
) -> float:
    """Sum over all points of log sum_k w_k N(x | mu_k, S_k).

    Args:
        X: points, shape (n, d).
        w: weights, shape (K,), not negative, sum 1.
        mu: means, shape (K, d).
        S: covariances, shape (K, d, d).

    Raises:
        ValueError: if an array has other axes, is empty or not finite, shapes do not
            fit, weights are negative or do not sum to 1, a covariance is not symmetric
            and positive definite (of its correlations, the least eigenvalue must be at
            least 1e-12), or squares of distances overflow.
    """
    return _posterior(_log_joint(*_mixture(X, w, mu, S)))[1]
    # --8<-- [end:likelihood]


# --8<-- [start:e_step]
def e_step(X: np.ndarray, w: np.ndarray, mu: np.ndarray, S: np.ndarray) -> np.ndarray:
    """Responsibilities: how probable each component is as the source of each point.

    Args:
        X: points, shape (n, d).
        w: weights, shape (K,), not negative, sum 1.
        mu: means, shape (K, d).
        S: covariances, shape (K, d, d).

    Returns:
        Shape (n, K); each row sums to 1.

    Raises:
        ValueError: as ``log_likelihood``.
    """
    return _posterior(_log_joint(*_mixture(X, w, mu, S)))[0]


def _posterior(joint: np.ndarray) -> tuple[np.ndarray, float]:
    """exp(joint) with rows scaled to sum 1, and the sum of the logs of their sums."""
    top = joint.max(axis=1, keepdims=True)
    parts = np.exp(joint - top)  # the largest is 1
    sums = parts.sum(axis=1, keepdims=True)
    # Not exp(joint - log of the sum): far out, rounding of that log is no longer small.
    return parts / sums, float((top + np.log(sums)).sum())
    # --8<-- [end:e_step]


# --8<-- [start:m_step]
def m_step(X: np.ndarray, R: np.ndarray, reg: float = 0.0) -> Mixture:
    """Weights, means and covariances of points that count by their responsibilities.

    Args:
        X: points, shape (n, d).
        R: responsibilities, shape (n, K), not negative, rows that sum to 1.
        reg: is added to each variance, at least 0.

    Returns:
        ``w`` (K,), ``mu`` (K, d), ``S`` (K, d, d). With few points, and ``reg`` 0, a
        covariance may be singular; ``log_likelihood`` refuses it then.

    Raises:
        ValueError: if an array has not two axes, is empty or not finite, shapes do not
            fit, an entry of ``R`` is negative, a row does not sum to 1, a column is 0
            (a component without points), or ``reg`` is negative or not finite.
    """
    X = _array("X", X, 2)
    R = _responsibilities(R, len(X))
    reg = _not_negative("reg", reg)
    N = R.sum(axis=0)
    if N.min() < np.finfo(float).tiny:
        raise ValueError(f"each component must own something, got sums {N} of R")
    shares = R / N  # each column sums to 1: a weighted mean
    mu = shares.T @ X
    S = np.empty((len(N), X.shape[1], X.shape[1]))
    for k in range(len(N)):
        off = X - mu[k]  # from the new mean
        product = (shares[:, [k]] * off).T @ off
        S[k] = (product + product.T) / 2 + reg * np.eye(X.shape[1])
    return N / len(X), mu, S
    # --8<-- [end:m_step]


# --8<-- [start:em]
def em(
    X: np.ndarray,
    w: np.ndarray,
    mu: np.ndarray,
    S: np.ndarray,
    steps: int = 100,
    tol: float = 0.0,
    reg: float = 0.0,
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, float]]:
    """E-step and M-step in turn, from a start.

    Args:
        X: points, shape (n, d).
        w: weights to start from, shape (K,), not negative, sum 1.
        mu: means, shape (K, d).
        S: covariances, shape (K, d, d).
        steps: most steps, at least 0.
        tol: end after a step in which the log-likelihood rises by less, at least 0.
        reg: is added to each variance in each M-step, at least 0.

    Returns:
        ``(w, mu, S, log_likelihood)`` of the start and after each step. With ``reg`` 0
        the last never falls, but for rounding; with ``tol`` 0 the run ends there.

    Raises:
        ValueError: as ``log_likelihood`` and ``m_step``; also where a covariance
            becomes singular on the way.
    """
    X, w, mu, S = _mixture(X, w, mu, S)
    steps = _integer("steps", steps, 0)
    tol, reg = _not_negative("tol", tol), _not_negative("reg", reg)
    R, loglik = _posterior(_log_joint(X, w, mu, S))  # one pass gives both
    path = [(w, mu, S, loglik)]
    for _ in range(steps):
        w, mu, S = m_step(X, R, reg)
        R, loglik = _posterior(_log_joint(*_mixture(X, w, mu, S)))
        path.append((w, mu, S, loglik))
        if loglik - path[-2][3] < tol:
            break
    return path
    # --8<-- [end:em]
