"""Example calls of snippets.rl.policy_gradient."""

import numpy as np

from snippets.rl import policy_gradient as m
from tests.inputs import Example, Promises, example

THETA = np.array([[0.25, -0.5], [0.5, 0.0], [0.0, 0.0]])
P = np.array(
    [
        [[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]],
        [[0.25, 0.0, 0.75], [0.0, 0.5, 0.5]],
        [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]],
    ]
)
R = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
START = np.array([0.75, 0.25, 0.0])
EPISODES = [
    (np.array([0, 1, 2]), np.array([0, 1]), np.array([1.0, 2.0])),
    (np.array([1]), np.array([0]), np.array([0.5])),
]
F = np.array([[2.0, 0.5], [0.5, 1.0]])

EXAMPLES: list[Example] = [
    example(m.softmax_policy, THETA),
    example(m.score, THETA, 1, 0),
    example(m.exact_value, P, R, THETA, 0.5, START),
    example(m.exact_gradient, P, R, THETA, 0.5, START),
    example(m.reinforce, THETA, EPISODES, 0.5),
    example(m.reinforce, THETA, EPISODES, 0.5, np.array([0.5, 1.0, 0.0]), False, False),
    example(m.optimal_baseline, np.array([0.25, 0.75]), np.array([1.0, 2.0])),
    example(m.fisher, THETA, np.array([1.0, 0.5, 0.0])),
    example(m.natural_gradient, np.array([1.0, -0.5]), F),
    example(m.natural_gradient, np.array([1.0, -0.5]), F, 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
