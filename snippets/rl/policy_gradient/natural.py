"""The natural gradient: steepest ascent, with steps measured by how pi changes."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, number, numbers
from .policy import softmax_policy


# --8<-- [start:natural]
def fisher(theta: ArrayLike, weights: ArrayLike) -> ndarray:
    """Fisher information of the policy, shape (S * A, S * A): mean of score score^T.

    Args:
        theta: shape (S, A); its entry (s, a) has the index s * A + a.
        weights: how often each state counts, shape (S,), >= 0.

    Raises:
        ValueError: if an argument is not as above, or an entry overflows.
    """
    pi = softmax_policy(theta)
    n, k = pi.shape
    weights = numbers("weights", weights, (n,))
    if (weights < 0).any():
        raise ValueError(f"weights must be >= 0, got {weights}")
    F = np.zeros((n, k, n, k))
    for s in range(n):
        # pi - pi ** 2 on the diagonal without cancelling: pi times the others' sum.
        pairs = np.outer(pi[s], pi[s]) * (1 - np.eye(k))
        F[s, :, s] = weights[s] * (np.diag(pairs.sum(axis=1)) - pairs)
    return F.reshape(n * k, n * k)


def natural_gradient(grad: ArrayLike, F: ArrayLike, damping: float = 0.0) -> ndarray:
    """F^+ grad, or the solution of (F + damping I) x = grad, in the shape of grad.

    Args:
        grad: any shape, n entries.
        F: symmetric and positive semidefinite, shape (n, n).
        damping: >= 0; with 0 the pseudo-inverse is used. Eigenvalues within rounding
            of 0, up to 10 n eps times the largest, count as 0.

    Raises:
        ValueError: if an argument is not as above, or the result overflows.
    """
    grad = numbers("grad", grad, tuple(None for _ in np.shape(grad)))
    F = numbers("F", F, (grad.size, grad.size))
    damping = number("damping", damping)
    if damping < 0:
        raise ValueError(f"damping must be >= 0, got {damping!r}")
    g = grad.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        gap = (F - F.T).max()  # one of each pair is positive
        if gap > 1e-6 * abs(F).max():
            raise ValueError("F must be symmetric, got another matrix")
        size = abs(F).max() or 1.0
        values, vectors = np.linalg.eigh(F / size)
        if values[0] < -1e-6:
            raise ValueError("F must be positive semidefinite, got another matrix")
        values[values <= 10 * len(g) * np.finfo(float).eps * values[-1]] = 0
        values = values * size + damping
        kept = vectors[:, values > 0]
        x = kept @ ((kept.T @ g) / values[values > 0])
    return finite(x.reshape(grad.shape))
    # --8<-- [end:natural]
