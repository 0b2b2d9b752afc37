"""Actor and critic as two tables, both corrected by one TD error at each step."""

from math import exp, isfinite

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from ..environments import Tabular
from ._checks import finite, integer, positive, share


# --8<-- [start:learning]
def actor_critic(
    env: Tabular,
    alpha_v: float,
    alpha_pi: float,
    gamma: float,
    lam: float,
    episodes: int,
    rng: Generator,
    max_steps: int = 1000,
) -> tuple[ndarray, ndarray, ndarray]:
    """Learn a softmax policy and its values, with accumulating traces for both.

    The factor gamma**t of the exact gradient is left out, as is usual.

    Args:
        env: the world; both tables start at 0.
        alpha_v, alpha_pi: step sizes of critic and actor, > 0.
        gamma: discount factor in [0, 1].
        lam: decay of both traces in [0, 1].
        episodes: how many, >= 1.
        rng: draws actions and moves.
        max_steps: an episode is cut there, and that is no terminal state; >= 1.

    Returns:
        theta, the preferences, shape (S, A); v, shape (S,); the sum of rewards of each
        episode, shape (episodes,).

    Raises:
        TypeError: if env or rng is of another kind.
        ValueError: if another argument is not as above, or a number overflows.
    """
    if not isinstance(env, Tabular):
        raise TypeError(f"env must be a Tabular, got {type(env).__name__}")
    alpha_v, alpha_pi = positive("alpha_v", alpha_v), positive("alpha_pi", alpha_pi)
    gamma, lam = share("gamma", gamma), share("lam", lam)
    episodes = integer("episodes", episodes, 1)
    max_steps = integer("max_steps", max_steps, 1)
    if not isinstance(rng, Generator):
        raise TypeError(f"rng must be a numpy Generator, got {type(rng).__name__}")
    n_states, n_actions = env.R.shape
    theta = [[0.0] * n_actions for _ in range(n_states)]  # lists: faster one by one
    v, fade, returns = [0.0] * n_states, gamma * lam, [0.0] * episodes
    for k in range(episodes):
        s = env.start
        e_v: dict[int, float] = {}  # the traces; a state without one has 0
        e_pi: dict[int, list[float]] = {}
        for _ in range(max_steps):
            pi = _softmax(theta[s])
            a = _draw(pi, rng.random())
            s2, r, done = env.step(s, a, rng)
            delta = r + gamma * (0.0 if done else v[s2]) - v[s]
            if not isfinite(delta):
                raise ValueError(f"the TD error must stay finite, got {delta}")
            returns[k] += r
            e_v = {t: fade * e for t, e in e_v.items()} if fade else {}
            e_pi = {t: [fade * e for e in es] for t, es in e_pi.items() if fade}
            e_v[s] = e_v.get(s, 0.0) + 1  # the gradient of V(s)
            e_pi[s] = [  # and that of log pi(a | s): 1 at a, minus pi
                e + (b == a) - pi[b] for b, e in enumerate(e_pi.get(s, [0.0] * len(pi)))
            ]
            for t, e in e_v.items():
                v[t] += alpha_v * delta * e
                theta[t] = [x + alpha_pi * delta * y for x, y in zip(theta[t], e_pi[t])]
            if done:
                break
            s = s2
    tables = [
        finite(*pair) for pair in (("theta", np.array(theta)), ("v", np.array(v)))
    ]
    return tables[0], tables[1], finite("returns", np.array(returns))
    # --8<-- [end:learning]


def _softmax(row: list[float]) -> list[float]:
    top = max(row)
    weights = [exp(x - top) for x in row]
    total = sum(weights)
    return [w / total for w in weights]


def _draw(pi: list[float], u: float) -> int:
    """The action into whose part of [0, 1) the number falls."""
    for a, p in enumerate(pi):
        u -= p
        if u < 0:
            return a
    return len(pi) - 1  # rounding left a sum below 1
