"""Example calls of snippets.rl.monte_carlo."""

import numpy as np

from snippets.rl import monte_carlo as m
from snippets.rl.environments import GridWorld
from tests.inputs import Example, Promises, example

WORLD = GridWorld(2, 2, [(0, 1)], (1, 1), r_forbidden=-2.0, r_step=-0.25)
P, R = np.array(WORLD.P), np.array(WORLD.R)
PI = np.full((4, 5), 0.25)
PI[:, 0] = 0.0
B = np.tile([0.125, 0.25, 0.125, 0.375, 0.125], (4, 1))
NUMBERS = np.array([1.0, -0.5, 0.25, 3.0])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


EXAMPLES: list[Example] = [
    example(m.counted, np.array([1, 2, 1, 1]), "first"),
    example(m.coverage, WORLD, PI, 0.5, 6, rng()),
    example(m.episode, WORLD, PI, 0, 1, 6, rng()),
    example(m.epsilon_soft, PI, 0.5),
    example(m.epsilon_soft_optimum, P, R, 0.5, 0.25),
    example(m.importance_ratio, PI, B, [0, 1, 3], [1, 2, 4]),
    example(m.importance_sampling, NUMBERS, np.array([0.0, 2.0, 0.5, 1.0])),
    example(m.importance_sampling, NUMBERS, np.array([0.0, 2.0, 0.5, 1.0]), False),
    example(m.mc_basic, WORLD, 0.5, 4, 2, 1, rng()),
    example(m.mc_epsilon_greedy, WORLD, 0.5, 0.25, 3, 6, 0.125, rng()),
    example(m.mc_error, NUMBERS),
    example(m.mc_exploring_starts, WORLD, 0.5, 3, 6, rng(), alpha=1.0),
    example(m.mc_mean, NUMBERS),
    example(m.returns, NUMBERS, 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
