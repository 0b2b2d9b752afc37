"""Value of a policy and its gradient, where the model is known: no samples."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, model
from .policy import softmax_policy


def exact_value(
    P: ArrayLike, R: ArrayLike, theta: ArrayLike, gamma: float, start: ArrayLike
) -> float:
    """Expected discounted return from the start.

    Args:
        P: chances, shape (S, A, S).
        R: rewards, shape (S, A).
        theta: shape (S, A).
        gamma: discount factor in [0, 1).
        start: distribution of the first state, shape (S,).

    Raises:
        ValueError: if an argument is not as above, or a sum overflows.
    """
    P, R, theta, gamma, start = model(P, R, theta, gamma, start)
    with np.errstate(over="ignore", invalid="ignore"):
        v, _, _ = _solve(P, R, softmax_policy(theta), gamma, start)
        return float(finite(start @ v))


# --8<-- [start:exact]
def exact_gradient(
    P: ArrayLike, R: ArrayLike, theta: ArrayLike, gamma: float, start: ArrayLike
) -> ndarray:
    """Gradient of ``exact_value`` by the policy gradient theorem, shape (S, A).

    Arguments and errors are those of ``exact_value``.
    """
    P, R, theta, gamma, start = model(P, R, theta, gamma, start)
    pi = softmax_policy(theta)
    with np.errstate(over="ignore", invalid="ignore"):
        v, q, d = _solve(P, R, pi, gamma, start)
        return finite(d[:, None] * pi * (q - v[:, None]))


def _solve(
    P: ndarray, R: ndarray, pi: ndarray, gamma: float, start: ndarray
) -> tuple[ndarray, ndarray, ndarray]:
    """Values (S,), action values (S, A), discounted visits (S,)."""
    P_pi = np.einsum("sa,sat->st", pi, P)
    system = np.eye(len(P)) - gamma * P_pi
    v = np.linalg.solve(system, (pi * R).sum(axis=1))
    d = np.linalg.solve(system.T, start)
    return v, R + gamma * P @ v, d
    # --8<-- [end:exact]
