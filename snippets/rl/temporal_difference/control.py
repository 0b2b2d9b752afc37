"""Sarsa and expected Sarsa: learn the value of the policy that explores, and follow it.

References:
    Rummery, Niranjan, "On-Line Q-Learning Using Connectionist Systems", 1994.
    van Seijen, van Hasselt, Whiteson, Wiering, "A Theoretical and Empirical Analysis of
    Expected Sarsa", ADPRL 2009, doi:10.1109/ADPRL.2009.4927542.
"""

from math import isfinite

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from ..environments import Tabular
from ._checks import finite, flag, integer, share


# --8<-- [start:sarsa]
def sarsa(
    env: Tabular,
    alpha: float,
    gamma: float,
    epsilon: float,
    episodes: int,
    rng: Generator,
    expected: bool = False,
    max_steps: int = 10_000,
) -> tuple[ndarray, ndarray]:
    """Act epsilon-greedily by a table of action values, and correct it at each step.

    Args:
        env: the world; a table of its values starts at 0.
        alpha: step size in (0, 1].
        gamma: discount factor in [0, 1].
        epsilon: chance of a random action, in [0, 1]; all actions are alike then.
        episodes: how many, >= 1.
        rng: draws actions and moves; ties for the best action are drawn too.
        expected: bootstrap from the mean of the policy, not from the next action.
        max_steps: an episode is cut there, and that is no terminal state; >= 1.

    Returns:
        q, shape (S, A); the sum of rewards of each episode, shape (episodes,).

    Raises:
        TypeError: if rng is of another kind.
        ValueError: if another argument is not as above, or a value overflows.
    """
    alpha, gamma = share("alpha", alpha, open_at_zero=True), share("gamma", gamma)
    epsilon, episodes = share("epsilon", epsilon), integer("episodes", episodes, 1)
    max_steps, expected = integer("max_steps", max_steps, 1), flag("expected", expected)
    if not isinstance(rng, Generator):
        raise TypeError(f"rng must be a numpy Generator, got {type(rng).__name__}")
    n_states, n_actions = env.R.shape
    q = [[0.0] * n_actions for _ in range(n_states)]  # lists: faster one by one
    returns = [0.0] * episodes

    def draw(s: int) -> int:
        if rng.random() < epsilon:
            return int(rng.integers(n_actions))
        top = max(q[s])
        best = [a for a, value in enumerate(q[s]) if value == top]
        return best[rng.integers(len(best))]

    for k in range(episodes):
        s, a = env.start, draw(env.start)
        for _ in range(max_steps):
            s2, r, done = env.step(s, a, rng)
            a2 = draw(s2)  # the action that will be taken, too
            if done:
                after = 0.0
            elif expected:
                mean = sum(q[s2]) / n_actions
                after = (1 - epsilon) * max(q[s2]) + epsilon * mean
            else:
                after = q[s2][a2]
            q[s][a] += alpha * (r + gamma * after - q[s][a])
            if not isfinite(q[s][a]):
                raise ValueError(f"the values must stay finite, got {q[s][a]}")
            returns[k] += r
            if done:
                break
            s, a = s2, a2
    return np.array(q), finite(np.array(returns))
    # --8<-- [end:sarsa]
