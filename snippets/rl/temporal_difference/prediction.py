"""TD(0): after each step, move a state's value towards reward plus next value."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import episode, finite, flag, share, table


# --8<-- [start:td0]
def td0(
    v: ArrayLike,
    states: ArrayLike,
    rewards: ArrayLike,
    alpha: float,
    gamma: float,
    terminal: bool = True,
) -> ndarray:
    """The table after one episode, updated in the order of time: a new array.

    Args:
        v: values before, shape (S,).
        states, rewards: the episode, shapes (T + 1,) and (T,), T >= 1.
        alpha: step size in (0, 1].
        gamma: discount factor in [0, 1].
        terminal: whether the last state is terminal, or the episode was only cut.

    Raises:
        ValueError: if an argument is not as above, or a value overflows.
    """
    v = table(v)
    states, rewards = episode(states, rewards, len(v))
    alpha, gamma = share("alpha", alpha, open_at_zero=True), share("gamma", gamma)
    terminal = flag("terminal", terminal)
    v, states, rewards = v.tolist(), states.tolist(), rewards.tolist()  # faster
    for t, r in enumerate(rewards):
        s, s2 = states[t], states[t + 1]
        over = terminal and t == len(rewards) - 1
        delta = r + gamma * (0.0 if over else v[s2]) - v[s]
        v[s] += alpha * delta
    return finite(np.array(v))
    # --8<-- [end:td0]
