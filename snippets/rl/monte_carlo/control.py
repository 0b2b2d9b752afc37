"""From sampled returns to a better policy: MC Basic, exploring starts, epsilon-greedy.

Action values q and policies pi have shape (S, A). Ties keep the present action; the
first policy takes the last action, which is "stay" in a GridWorld.

References:
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 5.
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 5.
"""

from collections.abc import Callable

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from ..environments import GridWorld
from .episodes import _check_visit, _integer, _tables, _walk, counted, returns
from .exploration import _check_epsilon, epsilon_soft
from .samples import mc_mean


# --8<-- [start:basic]
def mc_basic(
    env: GridWorld,
    gamma: float,
    T: int,
    iters: int,
    episodes: int = 1,
    rng: Generator | None = None,
) -> tuple[ndarray, ndarray]:
    """Policy iteration whose evaluation samples: the mean return from every pair.

    Args:
        env: the world; see ``episode``.
        gamma: discount factor in [0, 1).
        T: steps of an episode, >= 1.
        iters: number of evaluations, each followed by a greedy step, >= 1.
        episodes: episodes from each pair, >= 1; one is enough if nothing is random.
        rng: generator of the episodes; by default one with seed 0.

    Returns:
        q of the last policy evaluated, and the policy that is greedy for it.

    Raises:
        ValueError: if an argument is not as above.
    """
    T, iters, episodes = _check(gamma, T=T, iters=iters, episodes=episodes)
    tables = _tables(env)  # the world, for its answers only
    rng = np.random.default_rng(0) if rng is None else rng
    q = np.zeros(env.R.shape)
    best = _first_policy(env)
    for _ in range(iters):
        pi = np.eye(q.shape[1])[best]
        for s, a in np.ndindex(q.shape):
            runs = (_walk(tables, pi, s, a, T, rng) for _ in range(episodes))
            q[s, a] = mc_mean([returns(r, gamma)[0] for _, _, r in runs])
        best = _improved(q, best)
    return q, np.eye(q.shape[1])[best]
    # --8<-- [end:basic]


# --8<-- [start:control]
def mc_exploring_starts(
    env: GridWorld,
    gamma: float,
    episodes: int,
    T: int,
    rng: Generator,
    visit: str = "first",
    alpha: float | None = None,
) -> tuple[ndarray, ndarray]:
    """Each episode starts from a random pair, goes on greedily, teaches all it meets.

    Args:
        env: the world; see ``episode``.
        gamma: discount factor in [0, 1).
        episodes: number of episodes, >= 1; the policy is improved after each.
        T: steps of an episode, >= 1.
        rng: generator of starts and episodes.
        visit: "first" or "every"; see ``counted``.
        alpha: step size in (0, 1]; None takes 1 / N(s, a), which is the plain mean.

    Returns:
        q and the policy that is greedy for it, each of shape (S, A).

    Raises:
        ValueError: if an argument is not as above.
    """
    n_states, n_actions = env.R.shape

    def start() -> tuple[int, int]:
        return int(rng.integers(n_states)), int(rng.integers(n_actions))

    return _control(env, gamma, 0.0, episodes, T, alpha, rng, visit, start)


def mc_epsilon_greedy(
    env: GridWorld,
    gamma: float,
    epsilon: float,
    episodes: int,
    T: int,
    alpha: float | None,
    rng: Generator,
    visit: str = "every",
) -> tuple[ndarray, ndarray]:
    """Each episode starts in state 0 and explores on its way, with chance epsilon.

    Arguments, results and errors are those of ``mc_exploring_starts``; epsilon is in
    [0, 1]. The policy returned is the greedy one, without the exploring.
    """
    return _control(
        env, gamma, epsilon, episodes, T, alpha, rng, visit, lambda: (0, None)
    )


def _control(
    env: GridWorld,
    gamma: float,
    epsilon: float,
    episodes: int,
    T: int,
    alpha: float | None,
    rng: Generator,
    visit: str,
    start: Callable[[], tuple[int, int | None]],
) -> tuple[ndarray, ndarray]:
    episodes, T = _check(gamma, episodes=episodes, T=T)
    tables = _tables(env)
    _check_epsilon(epsilon)
    _check_visit(visit)
    if alpha is not None and not 0 < alpha <= 1:
        raise ValueError(f"alpha must be in (0, 1] or None, got {alpha}")
    q, seen = np.zeros(env.R.shape), np.zeros(env.R.shape)
    best = _first_policy(env)
    for _ in range(episodes):
        pi = epsilon_soft(np.eye(q.shape[1])[best], epsilon)
        states, actions, rewards = _walk(tables, pi, *start(), T, rng)
        g = returns(rewards, gamma)
        counts = counted(states * q.shape[1] + actions, visit)
        for i in reversed(np.flatnonzero(counts)):
            pair = states[i], actions[i]
            seen[pair] += 1
            q[pair] += (g[i] - q[pair]) * (1 / seen[pair] if alpha is None else alpha)
        best = _improved(q, best)
    return q, np.eye(q.shape[1])[best]
    # --8<-- [end:control]


def _check(gamma: float, **counts: int) -> list[int]:
    if not 0 <= gamma < 1:
        raise ValueError(f"gamma must be in [0, 1), got {gamma}")
    return [_integer(name, value, 1) for name, value in counts.items()]


def _first_policy(env: GridWorld) -> ndarray:
    n_states, n_actions = env.R.shape
    return np.full(n_states, n_actions - 1)


def _improved(q: ndarray, best: ndarray) -> ndarray:
    """Greedy actions, shape (S,); the present one stays unless another is better."""
    # Beyond rounding, that is: equal returns may be added up in another order.
    present = q[np.arange(len(q)), best]
    largest = q.max(axis=1)
    better = largest > present + 1e-12 * np.abs(largest)  # of this row only
    return np.where(better, q.argmax(axis=1), best)
