"""Value iteration, policy iteration, and all that lies between: truncated iteration.

Value iteration evaluates by one sweep, policy iteration by solving, and truncated
policy iteration by as many sweeps as one likes. P, R, pi, v, q and ``terminal`` are
those of ``bellman.py``.

References:
    Bellman, "A Markovian Decision Process", J. Math. Mech. 1957,
    doi:10.1512/iumj.1957.6.56038. Value iteration.
    Howard, "Dynamic Programming and Markov Processes", 1960. Policy iteration.
    Puterman, Shin, "Modified Policy Iteration Algorithms for Discounted Markov Decision
    Problems", Management Science 1978, doi:10.1287/mnsc.24.11.1127. Truncated.
"""

from numbers import Integral

import numpy as np
from numpy import ndarray

from .bellman import (
    _check_model,
    _under_policy,
    bellman_backup,
    greedy,
    policy_evaluation,
)


# --8<-- [start:value_iteration]
def value_iteration(
    P: ndarray,
    R: ndarray,
    gamma: float,
    tol: float = 1e-10,
    terminal: ndarray | None = None,
) -> tuple[ndarray, ndarray, ndarray]:
    """Backs up v = 0 with v <- T v until no entry changes by more than ``tol``.

    The result is within gamma / (1 - gamma) * tol of the optimum (or of rounding).

    Returns:
        v, shape (S,); its greedy policy, shape (S, A); all iterates with the zeros in
        front, shape (sweeps + 1, S).

    Raises:
        ValueError: as in ``policy_evaluation``, but gamma = 1 never; if tol is not > 0.
    """
    P, R = _check_model(P, R, gamma, terminal)
    _check_positive(tol)
    history = [np.zeros(len(P))]
    while True:
        q = R + gamma * P @ history[-1]
        history.append(q.max(axis=1))
        if _settled(*history[-2:], tol):
            v = history[-1]
            return v, greedy(R + gamma * P @ v), np.array(history)
    # --8<-- [end:value_iteration]


# --8<-- [start:policy_iteration]
def policy_iteration(
    P: ndarray, R: ndarray, gamma: float, terminal: ndarray | None = None
) -> tuple[ndarray, ndarray, ndarray]:
    """Evaluates a policy exactly, turns greedy, and repeats until nothing is gained.

    Starts from the last action everywhere, which is "stay" in a GridWorld.

    Returns:
        v, shape (S,); policy, shape (S, A); the value of each round's policy, shape
        (rounds, S).

    Raises:
        ValueError: as in ``policy_evaluation``, but gamma = 1 never.
    """
    _check_model(P, R, gamma, terminal)
    n_states, n_actions = np.shape(R)
    pi = np.eye(n_actions)[[n_actions - 1] * n_states]
    history: list[ndarray] = []
    while True:
        v = policy_evaluation(P, R, pi, gamma, terminal)
        history.append(v)
        better = greedy(bellman_backup(P, R, v, gamma, terminal))
        # The sum rises in each round that improves; when it does not, rounding plays.
        stuck = len(history) > 1 and v.sum() <= history[-2].sum()
        if stuck or np.array_equal(better, pi):
            return v, better, np.array(history)
        pi = better
    # --8<-- [end:policy_iteration]


# --8<-- [start:truncated]
def truncated_policy_iteration(
    P: ndarray,
    R: ndarray,
    gamma: float,
    tol: float = 1e-10,
    sweeps: int = 5,
    terminal: ndarray | None = None,
) -> tuple[ndarray, ndarray, ndarray]:
    """Policy iteration that evaluates by a few sweeps only, from the last value.

    One sweep is value iteration; many sweeps approach policy iteration. Stops when no
    entry changes by more than ``tol`` from one policy to the next.

    Returns:
        v, shape (S,); its greedy policy, shape (S, A); the value after each policy with
        the zeros in front, shape (policies + 1, S).

    Raises:
        ValueError: as in ``value_iteration``; if sweeps is not an integer >= 1.
    """
    P, R = _check_model(P, R, gamma, terminal)
    _check_positive(tol)
    if not isinstance(sweeps, Integral) or sweeps < 1:
        raise ValueError(f"sweeps must be an integer >= 1, got {sweeps!r}")
    history = [np.zeros(len(P))]
    while True:
        q = R + gamma * P @ history[-1]
        pi = greedy(q)
        P_pi, r_pi = _under_policy(P, R, pi)
        v = (pi * q).sum(axis=1)  # the first sweep is the backup itself
        for _ in range(sweeps - 1):
            v = r_pi + gamma * P_pi @ v
        history.append(v)
        if _settled(*history[-2:], tol):
            return v, greedy(R + gamma * P @ v), np.array(history)
    # --8<-- [end:truncated]


def _check_positive(tol: float) -> None:
    if not tol > 0:
        raise ValueError(f"tol must be > 0, got {tol}")


def _settled(old: ndarray, new: ndarray, tol: float) -> bool:
    """Whether the change is within ``tol``, or too small to be more than rounding."""
    rounding = 4 * len(new) * np.finfo(float).eps * np.abs(new).max()
    return bool(np.abs(new - old).max() <= max(tol, rounding))
