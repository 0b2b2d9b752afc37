"""A fixed batch of episodes, used until nothing changes: what TD(0) converges to."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from ._checks import Episode, finite, integer, share, transitions


# --8<-- [start:batch]
def certainty_equivalence(
    episodes: Sequence[Episode], n_states: int, gamma: float
) -> ndarray:
    """Values of the model that fits the batch best: frequencies and mean rewards.

    Args:
        episodes: one or more pairs (states, rewards); each ends for good.
        n_states: S, the number of states.
        gamma: discount factor in [0, 1].

    Returns:
        Values, shape (S,); NaN for a state that no step leaves.

    Raises:
        ValueError: if an argument is not as above, or a sum overflows.
    """
    n_states, gamma = integer("n_states", n_states, 1), share("gamma", gamma)
    left, entered, rewards = transitions(episodes, n_states)
    counts = np.zeros((n_states, n_states + 1))  # the last column is the end
    np.add.at(counts, (left, entered), 1)
    visits = counts.sum(axis=1)
    seen = np.flatnonzero(visits)
    P = counts[np.ix_(seen, seen)] / visits[seen, None]
    r = np.bincount(left, rewards, n_states)[seen] / visits[seen]
    v = np.full(n_states, np.nan)
    v[seen] = finite(np.linalg.solve(np.eye(len(seen)) - gamma * P, r))
    return v


def batch_td(
    episodes: Sequence[Episode], n_states: int, gamma: float, alpha: float, sweeps: int
) -> ndarray:
    """TD(0) on the whole batch at once, again and again, from 0.

    A sweep sums the increments of all steps from one table, then applies the sum.

    Args:
        episodes, n_states, gamma: as in ``certainty_equivalence``.
        alpha: step size in (0, 1]; too large for the visits in the batch, it diverges.
        sweeps: passes over the batch, >= 1.

    Returns:
        Values, shape (S,); 0 for a state that no step leaves.

    Raises:
        ValueError: if an argument is not as above, or a sum overflows.
    """
    n_states, gamma = integer("n_states", n_states, 1), share("gamma", gamma)
    alpha, sweeps = share("alpha", alpha, True), integer("sweeps", sweeps, 1)
    left, entered, rewards = transitions(episodes, n_states)
    v = np.zeros(n_states + 1)  # the last entry is the end, and stays 0
    with np.errstate(over="ignore"):
        for _ in range(sweeps):
            delta = rewards + gamma * v[entered] - v[left]
            v += alpha * np.bincount(left, delta, n_states + 1)
            if not np.isfinite(v).all():
                break
    return finite(v[:-1])
    # --8<-- [end:batch]
