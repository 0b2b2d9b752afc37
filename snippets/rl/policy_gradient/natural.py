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
        F[s, :, s] = weights[s] * (np.diag(pi[s]) - np.outer(pi[s], pi[s]))
    return F.reshape(n * k, n * k)


def natural_gradient(grad: ArrayLike, F: ArrayLike, damping: float = 0.0) -> ndarray:
    """F^+ grad, or the solution of (F + damping I) x = grad, in the shape of grad.

    Args:
        grad: any shape, n entries.
        F: symmetric and positive semidefinite, shape (n, n).
        damping: >= 0; with 0 the pseudo-inverse is used.

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
        if damping:
            try:
                x = np.linalg.solve(F + damping * np.eye(len(g)), g)
            except np.linalg.LinAlgError:
                raise ValueError(
                    "F must be positive semidefinite, got others"
                ) from None
        else:
            x = np.linalg.pinv(F, hermitian=True) @ g
    return finite(x.reshape(grad.shape))
    # --8<-- [end:natural]
