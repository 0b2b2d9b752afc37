"""Targets between TD(0) and Monte Carlo: n-step returns, and their lambda mixture.

All targets are computed from one table that does not change meanwhile.
"""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import episode, finite, flag, integer, share, table


# --8<-- [start:n_step]
def n_step_targets(
    v: ArrayLike,
    states: ArrayLike,
    rewards: ArrayLike,
    n: int,
    gamma: float,
    terminal: bool = True,
) -> ndarray:
    """For each step: n rewards, then the table; fewer where the episode ends before.

    Args:
        v: values, shape (S,).
        states, rewards: the episode, shapes (T + 1,) and (T,), T >= 1.
        n: rewards before the table is asked, >= 1.
        gamma: discount factor in [0, 1].
        terminal: whether the last state is terminal, or the episode was only cut.

    Returns:
        Targets, shape (T,).

    Raises:
        ValueError: if an argument is not as above, or a target overflows.
    """
    g, rewards = _along(v, states, rewards, terminal)
    n, gamma = integer("n", n, 1), share("gamma", gamma)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(min(n, len(rewards))):
            g[:-1] = rewards + gamma * g[1:]  # one more reward; the end stays
    return finite(g[:-1])
    # --8<-- [end:n_step]


# --8<-- [start:lambda]
def lambda_targets(
    v: ArrayLike,
    states: ArrayLike,
    rewards: ArrayLike,
    lam: float,
    gamma: float,
    terminal: bool = True,
) -> ndarray:
    """The lambda-return of each step: 0 gives TD(0)'s targets, 1 Monte Carlo's.

    Arguments, result and errors as in ``n_step_targets``, with lam in [0, 1] for n.
    """
    g, rewards = _along(v, states, rewards, terminal)
    lam, gamma = share("lam", lam), share("gamma", gamma)
    with np.errstate(over="ignore", invalid="ignore"):
        ahead = g[-1]
        for t in reversed(range(len(rewards))):
            ahead = rewards[t] + gamma * ((1 - lam) * g[t + 1] + lam * ahead)
            g[t + 1] = ahead  # the value there is no longer needed
    return finite(g[1:])
    # --8<-- [end:lambda]


def _along(
    v: ArrayLike, states: ArrayLike, rewards: ArrayLike, terminal: bool
) -> tuple[ndarray, ndarray]:
    """The value of each state of the episode, shape (T + 1,), and the rewards."""
    v = table(v)
    states, rewards = episode(states, rewards, len(v))
    values = v[states]
    if flag("terminal", terminal):
        values[-1] = 0.0
    return values, rewards
