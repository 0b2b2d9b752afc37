"""Q-learning and double Q-learning: act epsilon-greedily, learn the greedy policy."""

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from ..environments import Tabular
from ._checks import finite, integer, share, step_sizes, truth
from .targets import StepSize


# --8<-- [start:control]
def q_learning(
    env: Tabular,
    alpha: StepSize,
    gamma: float,
    epsilon: float,
    episodes: int,
    rng: Generator,
    double: bool = False,
    max_steps: int = 10_000,
) -> tuple[ndarray, ndarray]:
    """Act epsilon-greedily by a table of action values, and correct it at each step.

    Args:
        env: the world, or whatever has R, start and step as it has; its values start
            at 0.
        alpha: step size in (0, 1], or a function from the count n = 1, 2, ... of the
            updates of the pair (with two tables: in that table) to one.
        gamma: discount factor in [0, 1].
        epsilon: chance of a random action, in [0, 1]; all actions are alike then.
        episodes: how many, >= 1.
        rng: draws actions, moves and tables; ties for the best action are drawn too.
        double: keep two tables, act by their mean, and update one, drawn each time.
        max_steps: an episode is cut there, and that is no terminal state; >= 1.

    Returns:
        q, shape (S, A), with two tables their mean; the sum of rewards of each
        episode, shape (episodes,).

    Raises:
        ValueError: if an argument is not as above, or a value overflows.
    """
    size, gamma = step_sizes(alpha), share("gamma", gamma)
    epsilon, episodes = share("epsilon", epsilon), integer("episodes", episodes, 1)
    double, max_steps = truth("double", double), integer("max_steps", max_steps, 1)
    if not isinstance(rng, Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    n_states, n_actions = env.R.shape
    # Lists: faster one by one. Without double, both names are one table.
    q_a = [[0.0] * n_actions for _ in range(n_states)]
    q_b = [list(row) for row in q_a] if double else q_a
    visits = {id(q): np.zeros((n_states, n_actions), int) for q in (q_a, q_b)}
    returns = np.zeros(episodes)

    def best(values: list[float]) -> int:
        top = max(values)
        ties = [a for a, value in enumerate(values) if value == top]
        return ties[int(rng.integers(len(ties)))]

    def draw(s: int) -> int:
        if rng.random() < epsilon:
            return int(rng.integers(n_actions))
        return best([a / 2 + b / 2 for a, b in zip(q_a[s], q_b[s])])

    for k in range(episodes):
        s, total = env.start, 0.0
        for _ in range(max_steps):
            a = draw(s)
            s2, r, done = env.step(s, a, rng)
            one, other = (q_b, q_a) if double and rng.random() < 0.5 else (q_a, q_b)
            if done:
                after = 0.0
            elif double:  # the table to be updated chooses, the other one values
                after = other[s2][best(one[s2])]
            else:
                after = max(q_a[s2])
            target = r + gamma * after
            visits[id(one)][s, a] += 1
            step = size(int(visits[id(one)][s, a]))
            one[s][a] = finite(one[s][a] + step * (target - one[s][a]))
            total += r
            if done:
                break
            s = s2
        returns[k] = finite(total)
    return np.array(q_a) / 2 + np.array(q_b) / 2, returns
    # --8<-- [end:control]
