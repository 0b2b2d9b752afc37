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
    return _means(*_model(P, R, pi, values, gamma, lam))[0]


def gae_variance(
    P: ArrayLike,
    R: ArrayLike,
    pi: ArrayLike,
    values: ArrayLike,
    gamma: float,
    lam: float,
) -> ndarray:
    """The variance of GAE, shape (S, A); arguments and errors as ``expected_gae``."""
    P, R, pi, values, gamma, k = _model(P, R, pi, values, gamma, lam)
    mean, u, delta = _means(P, R, pi, values, gamma, k)
    # Around the mean: a difference of two mean squares would lose small variances
    with np.errstate(over="ignore", invalid="ignore"):
        off = (delta + k * u - mean[:, :, None]) ** 2  # by the next state
        own = np.einsum("sat,sat->sa", P, off)
        spread = own + (mean - u[:, None]) ** 2  # and by the action
        move = np.einsum("sa,sat->st", pi, P)
        known = (pi * spread).sum(axis=1)
        variance = np.linalg.solve(np.eye(len(P)) - k**2 * move, known)
        return finite("the variances", own + k**2 * (P @ variance))


def _means(
    P: ndarray, R: ndarray, pi: ndarray, values: ndarray, gamma: float, k: float
) -> tuple[ndarray, ndarray, ndarray]:
    """Mean of GAE by state and action, its mean u by state, and the TD errors."""
    with np.errstate(over="ignore", invalid="ignore"):
        delta = R[:, :, None] + gamma * values - values[:, None, None]  # (S, A, S)
        first = np.einsum("sat,sat->sa", P, delta)
        move = np.einsum("sa,sat->st", pi, P)  # of the policy, (S, S)
        u = np.linalg.solve(np.eye(len(P)) - k * move, (pi * first).sum(axis=1))
        return finite("the means", first + k * (P @ u)), u, delta
    # --8<-- [end:expected]


def _model(
    P: ArrayLike,
    R: ArrayLike,
    pi: ArrayLike,
    values: ArrayLike,
    gamma: float,
    lam: float,
) -> tuple[ndarray, ndarray, ndarray, ndarray, float, float]:
    """The arguments, checked; gamma * lam in place of lam."""
    P = real("P", P)
    if P.ndim != 3 or P.shape[0] != P.shape[2] or 0 in P.shape:
        raise ValueError(f"P must have the shape (S, A, S), got {P.shape}")
    R, pi = real("R", R, P.shape[:2]), real("pi", pi, P.shape[:2])
    for name, chances in (("P", P), ("pi", pi)):
        sums = chances.sum(axis=-1)
        if (chances < 0).any() or not np.allclose(sums, 1, rtol=0, atol=1e-9):
            raise ValueError(f"{name} must hold chances that sum to 1, got {chances}")
    values = real("values", values, P.shape[:1])
    stays = (np.einsum("sas->sa", P) == 1).all(axis=1) & (R == 0).all(axis=1)
    if values[stays].any():
        raise ValueError(f"values of terminal states must be 0, got {values[stays]}")
    gamma, lam = share("gamma", gamma), share("lam", lam)
    if gamma * lam >= 1:
        raise ValueError(f"gamma * lam must be < 1, got {gamma * lam}")
    return P, R, pi, values, gamma, gamma * lam
