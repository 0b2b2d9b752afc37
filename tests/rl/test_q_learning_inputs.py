"""Example calls of snippets.rl.q_learning."""

import numpy as np

from snippets.rl import q_learning as t
from snippets.rl.environments import random_walk
from tests.inputs import Example, Promises, example

Q = np.array([[0.5, -0.25], [1.0, 2.0], [0.0, -1.5]])
OTHER = np.array([[1.5, 0.25], [-1.0, 0.5], [0.0, 3.0]])
STEPS = [(0, 1, 0.5, 1, False), (1, 0, -1.0, 2, True)]


def rng():
    return np.random.default_rng(0)


EXAMPLES: list[Example] = [
    example(t.double_q_target, Q, OTHER, 0.5, 1, 0.5, False),
    example(t.linear_rate_error, 0.5, 100),
    example(t.maximisation_bias, np.array([0.5, -0.25, 1.0]), 0.5),
    example(t.q_learning, random_walk(3), 0.5, 1.0, 0.25, 4, rng()),
    example(t.q_learning, random_walk(3), 0.5, 1.0, 0.25, 4, rng(), True, 9),
    example(t.q_replay, Q, STEPS, 0.5, 0.25),
    example(t.q_target, Q, 0.5, 1, 0.25, False),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
