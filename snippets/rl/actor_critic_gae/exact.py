"""Mean and variance of GAE in a known world, by linear systems."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, real, share


# --8<-- [start:expected]
def expected_gae(
    P: ArrayLike,
    R: ArrayLike,
    pi: ArrayLike,
    values: ArrayLike,
    gamma: float,
    lam: float,
) -> ndarray:
    """The mean of GAE for each state and first action, the policy acting afterwards.

    Args:
        P: chances, shape (S, A, S); each row of the last axis sums to 1. A terminal
            state leads to itself and pays 0, and its value must be 0.
        R: rewards, shape (S, A).
        pi: policy, shape (S, A), each row sums to 1.
        values: the critic, right or wrong, shape (S,).
        gamma, lam: in [0, 1], with a product below 1.

    Returns:
        Means, shape (S, A).

    Raises:
        ValueError: if an argument is not as above, or a result overflows.
    """
    return _moments(P, R, pi, values, gamma, lam)[0]


def gae_variance(
    P: ArrayLike,
    R: ArrayLike,
    pi: ArrayLike,
    values: ArrayLike,
    gamma: float,
    lam: float,
) -> ndarray:
    """The variance of GAE, shape (S, A); arguments and errors as ``expected_gae``."""
    mean, square = _moments(P, R, pi, values, gamma, lam)
    return np.maximum(square - mean**2, 0.0)  # rounding may end below 0


def _moments(
    P: ArrayLike,
    R: ArrayLike,
    pi: ArrayLike,
    values: ArrayLike,
    gamma: float,
    lam: float,
) -> tuple[ndarray, ndarray]:
    """Mean of GAE, and of its square, for each state and first action."""
    P, R, pi, values = _model(P, R, pi, values)
    gamma, lam = share("gamma", gamma), share("lam", lam)
    k = gamma * lam
    if k >= 1:
        raise ValueError(f"gamma * lam must be < 1, got {k}")
    move = np.einsum("sa,sat->st", pi, P)  # of the policy, (S, S)
    one = np.eye(len(P))
    with np.errstate(over="ignore", invalid="ignore"):
        delta = R[:, :, None] + gamma * values - values[:, None, None]  # (S, A, S)
        first = np.einsum("sat,sat->sa", P, delta)
        u = np.linalg.solve(one - k * move, (pi * first).sum(axis=1))
        mean = first + k * (P @ u)
        # (delta + k X)^2 = delta (delta + 2 k X) + k^2 X^2, X what follows from t
        own = np.einsum("sat,sat->sa", P, delta * (delta + 2 * k * u))
        w = np.linalg.solve(one - k**2 * move, (pi * own).sum(axis=1))
        square = own + k**2 * (P @ w)
    return finite("the means", mean), finite("the mean squares", square)
    # --8<-- [end:expected]


def _model(
    P: ArrayLike, R: ArrayLike, pi: ArrayLike, values: ArrayLike
) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    P = real("P", P)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or 0 in P.shape:
        raise ValueError(f"P must have the shape (S, A, S), got {P.shape}")
    R, pi = real("R", R, P.shape[:2]), real("pi", pi, P.shape[:2])
    for name, chances in (("P", P), ("pi", pi)):
        sums = chances.sum(axis=-1)
        if (chances < 0).any() or not np.allclose(sums, 1, rtol=0, atol=1e-9):
            raise ValueError(f"{name} must hold chances that sum to 1, got {chances}")
    return P, R, pi, real("values", values, P.shape[:1])
