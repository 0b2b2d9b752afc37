"""Example calls of snippets.rl.ppo."""

import numpy as np

from snippets.rl import ppo
from tests.inputs import Example, Promises, example

NEW = np.array([[-0.5, -1.0], [-2.0, -0.25]])
OLD = np.array([[-0.75, -1.0], [-1.5, -0.5]])
ADV = np.array([[1.0, -2.0], [-0.5, 0.25]])
THETA = np.array([[0.5, -0.25, 0.0], [1.0, 0.0, -1.0]])
STATES, ACTIONS = np.array([0, 1, 1, 0]), np.array([2, 0, 1, 0])
RNG = np.random.default_rng(0)

EXAMPLES: list[Example] = [
    example(ppo.clip_fraction, NEW, OLD),
    example(ppo.clip_fraction, NEW, OLD, 0.5),
    example(ppo.clipped_gradient, NEW, OLD, ADV, 0.25),
    example(ppo.clipped_objective, NEW, OLD, ADV, 0.25),
    example(ppo.kl_estimates, NEW, OLD),
    example(ppo.ppo_update, THETA, STATES, ACTIONS, ADV.ravel(), 0.5, 2),
    example(
        ppo.ppo_update, THETA, STATES, ACTIONS, ADV.ravel(), 1.0, 3, 0.25, 2, RNG, 0.5
    ),
    example(
        ppo.trpo_step, np.array([1.0, -0.5]), np.array([[2.0, 0.5], [0.5, 1.0]]), 0.25
    ),
    example(ppo.value_loss, NEW, OLD, ADV),
    example(ppo.value_loss, NEW, OLD, ADV, 0.25),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
