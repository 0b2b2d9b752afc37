"""Policies that try every action now and then, and how many pairs they get to see.

Reference:
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 5.
"""

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from ..environments import GridWorld
from .episodes import _check_policy, counted, episode


# --8<-- [start:soft]
def epsilon_soft(pi: ndarray, epsilon: float) -> ndarray:
    """With chance epsilon any action, all alike; else as ``pi`` says. Shape (S, A).

    If pi is greedy, its action gets 1 - epsilon + epsilon / A in total.

    Raises:
        ValueError: if rows of pi are not chances or epsilon is not in [0, 1].
    """
    _check_epsilon(epsilon)
    _check_policy(pi, np.shape(pi))
    return (1 - epsilon) * np.asarray(pi, dtype=float) + epsilon / np.shape(pi)[1]
    # --8<-- [end:soft]


# --8<-- [start:coverage]
def coverage(
    env: GridWorld, pi: ndarray, eps: float, T: int, rng: Generator
) -> ndarray:
    """Number of different pairs seen after 1, ..., T steps from state 0, shape (T,).

    Walks by ``epsilon_soft(pi, eps)``; the first action is drawn from it too.

    Raises:
        ValueError: as in ``episode`` and ``epsilon_soft``.
    """
    states, actions, _ = episode(env, epsilon_soft(pi, eps), 0, None, T, rng)
    return counted(states * env.R.shape[1] + actions, "first").cumsum()
    # --8<-- [end:coverage]


def _check_epsilon(epsilon: float) -> None:
    """ValueError unless epsilon is in [0, 1]."""
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon must be in [0, 1], got {epsilon}")
