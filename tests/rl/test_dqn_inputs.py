"""Example calls of snippets.rl.dqn."""

from dataclasses import replace

import numpy as np

from snippets.rl import dqn as d
from snippets.rl.environments import random_walk
from tests.inputs import Example, Promises, example

REWARD = np.array([1.0, 2.0])
DONE = np.array([True, False])
FROZEN = np.array([[1.0, 5.0, 2.0], [0.0, -1.0, 3.0]])
ONLINE = np.array([[9.0, 0.0, 1.0], [2.0, 7.0, 1.0]])
RNG = np.random.default_rng(0)


def stored(capacity, obs, action, reward, batch, rng):
    """A buffer with one step, and a sample of it."""
    buffer = d.ReplayBuffer(capacity, (2,))
    buffer.add(obs, action, reward, obs, False)
    drawn = buffer.sample(batch, rng)
    return drawn["obs"], drawn["reward"]


def drawn(capacity, p, u):
    """A tree whose last leaf has all the priority, and where u leads."""
    tree = d.SumTree(capacity)
    tree.update(capacity - 1, p)
    return tree.find(u)


EXAMPLES: list[Example] = [
    replace(
        example(stored, 3, np.array([0.5, 1.0]), 1, 2.0, 2, RNG), of=d.ReplayBuffer
    ),
    replace(example(drawn, 3, 2.0, 0.5), of=d.SumTree),
    example(d.dqn_targets, REWARD, DONE, FROZEN, 0.5),
    example(d.dqn_targets, REWARD, DONE, FROZEN, 0.5, ONLINE),
    example(d.dueling, np.array([[2.0]]), np.array([[1.0, 3.0, 5.0]])),
    example(d.huber, np.array([-3.0, 0.5])),
    example(d.huber, np.array([-3.0, 0.5]), 2.0),
    example(d.importance_weights, np.array([0.25, 0.75]), 0.5),
    example(d.importance_weights, np.array([0.25, 0.75]), 0.5, 4),
    example(
        d.train_linear_dqn, random_walk(1), np.ones((3, 1)), 0.5, 0.25, 4, RNG, 0.5, 2
    ),
    example(d.two_state_weights, 0.5, 2, 4),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
