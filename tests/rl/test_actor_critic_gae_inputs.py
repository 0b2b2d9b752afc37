"""Example calls of snippets.rl.actor_critic_gae."""

import numpy as np

from snippets.rl import actor_critic_gae as g
from snippets.rl.environments import random_walk
from tests.inputs import Example, Promises, example

REWARDS = np.array([[1.0, -0.5], [0.25, 3.0], [2.0, 1.0]])
VALUES = np.array([[0.5, -0.25], [1.0, 2.0], [-1.0, 0.5], [0.75, 1.5]])
ENDED = np.array([[False, True], [False, False], [False, False]])
CUT = np.array([[False, False], [True, False], [False, False]])
FINAL = np.array([[0.0, 0.0], [1.5, 0.0], [0.0, 0.0]])
P = np.array([[[0.5, 0.5], [0.25, 0.75]], [[0.0, 1.0], [0.0, 1.0]]])
R = np.array([[1.0, 0.5], [0.0, 0.0]])
PI = np.array([[0.25, 0.75], [0.5, 0.5]])
V = np.array([2.0, 0.0])
RNG = np.random.default_rng(0)

EXAMPLES: list[Example] = [
    example(g.actor_critic, random_walk(3), 0.25, 0.5, 1.0, 0.5, 4, RNG),
    example(g.actor_critic, random_walk(3), 0.25, 0.5, 1.0, 0.0, 4, RNG, 9),
    example(g.expected_gae, P, R, PI, V, 0.5, 0.25),
    example(g.explained_variance, V, np.array([1.0, 3.0])),
    example(g.gae, REWARDS, VALUES, ENDED, 0.5, 0.25),
    example(g.gae, REWARDS, VALUES, ENDED, 0.5, 0.25, CUT, FINAL),
    example(g.gae_variance, P, R, PI, V, 0.5, 0.25),
    example(g.normalise, REWARDS),
    example(g.td_errors, REWARDS, VALUES, ENDED, 0.5, CUT, FINAL),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
