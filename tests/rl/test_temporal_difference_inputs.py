"""Example calls of snippets.rl.temporal_difference."""

import numpy as np

from snippets.rl import temporal_difference as t
from snippets.rl.environments import random_walk
from tests.inputs import Example, Promises, example

V = np.array([0.5, -0.25, 1.0, 2.0])
STATES = np.array([0, 1, 0, 2, 3])
REWARDS = np.array([1.0, -0.5, 0.25, 3.0])
BATCH = [(STATES, REWARDS), (np.array([1, 3]), np.array([1.0]))]


EXAMPLES: list[Example] = [
    example(t.batch_td, BATCH, 4, 0.5, 0.25, 3),
    example(t.certainty_equivalence, BATCH, 4, 0.5),
    example(t.lambda_targets, V, STATES, REWARDS, 0.5, 0.25),
    example(t.n_step_targets, V, STATES, REWARDS, 2, 0.5),
    example(t.sarsa, random_walk(3), 0.5, 1.0, 0.25, 4, np.random.default_rng(0)),
    example(
        t.sarsa, random_walk(3), 0.5, 1.0, 0.25, 4, np.random.default_rng(0), True, 9
    ),
    example(t.td0, V, STATES, REWARDS, 0.5, 0.25),
    example(t.td_lambda, V, STATES, REWARDS, 0.5, 0.25, 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
