"""The loop of a deep Q-network around a linear one; with one-hot features, a table."""

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike

from ..environments import Tabular
from ._checks import bounded, generator, integer, numbers, positive, share, truth
from .replay import ReplayBuffer
from .targets import dqn_targets


# --8<-- [start:loop]
def train_linear_dqn(
    env: Tabular,
    features: ArrayLike,
    gamma: float,
    epsilon: float,
    steps: int,
    rng: Generator,
    lr: float = 0.5,
    batch: int = 16,
    capacity: int = 1000,
    target_period: int = 50,
    double: bool = False,
    max_steps: int = 200,
) -> tuple[ndarray, ndarray]:
    """Act, store, sample, correct, and now and then renew the copy.

    Args:
        env: the world.
        features: of each state, shape (S, F). Action values are features @ W.
        gamma: discount factor in [0, 1].
        epsilon: chance of a random action, in [0, 1]; all actions are alike then.
        steps: steps of the world, each with one update, >= 1.
        rng: draws actions, moves, samples, and among the best actions.
        lr: step size along the mean gradient of half the squared errors, > 0.
        batch: steps in a sample, >= 1.
        capacity: of the replay buffer, >= 1.
        target_period: updates until the copy is renewed, >= 1; W begins at 0.
        double: the learning network chooses the action that the copy values.
        max_steps: an episode is cut there, and that is no terminal state; >= 1.

    Returns:
        W, shape (F, A); the sum of rewards of each finished or cut episode.

    Raises:
        ValueError: if an argument is not as above, or W or a value overflows.
    """
    if not isinstance(env, Tabular):
        raise ValueError(f"env must be a Tabular, got {env!r}")
    phi = numbers("features", features)
    n_states, n_actions = env.R.shape
    if phi.ndim != 2 or len(phi) != n_states or not phi.shape[1]:
        wanted = f"features must have the shape ({n_states}, F), F >= 1"
        raise ValueError(f"{wanted}, got {phi.shape}")
    gamma, epsilon = share("gamma", gamma), share("epsilon", epsilon)
    steps, rng, lr = integer("steps", steps, 1), generator(rng), positive("lr", lr)
    batch, target_period = (
        integer("batch", batch, 1),
        integer("target_period", target_period, 1),
    )
    double, max_steps = truth("double", double), integer("max_steps", max_steps, 1)
    buffer = ReplayBuffer(capacity)
    W = np.zeros((phi.shape[1], n_actions))
    frozen = W.copy()
    returns: list[float] = []
    s, total, length = env.start, 0.0, 0
    # --8<-- [start:step]
    for t in range(1, steps + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            q = bounded("action values", phi[s] @ W)
        best = np.flatnonzero(q == q.max())
        explore = rng.random() < epsilon
        a = int(rng.integers(n_actions) if explore else best[rng.integers(len(best))])
        s2, r, terminated = env.step(s, a, rng)
        buffer.add(s, a, r, s2, terminated)
        total, length, s = total + r, length + 1, s2
        if terminated or length == max_steps:
            returns.append(total)
            s, total, length = env.start, 0.0, 0
        drawn = buffer.sample(batch, rng)
        now, after = (phi[drawn[x].astype(np.intp)] for x in ("obs", "next_obs"))
        with np.errstate(over="ignore", invalid="ignore"):
            y = dqn_targets(
                drawn["reward"],
                drawn["terminated"],
                after @ frozen,
                gamma,
                after @ W if double else None,
            )
            error = (now @ W)[np.arange(batch), drawn["action"]] - y
            gradient = np.zeros_like(W)
            # y is a number here: the gradient does not flow through the target.
            np.add.at(gradient.T, drawn["action"], error[:, None] * now / batch)
            W = bounded("W", W - lr * gradient)
        if t % target_period == 0:
            frozen = W.copy()
    # --8<-- [end:step]
    return W, np.array(returns)
    # --8<-- [end:loop]
