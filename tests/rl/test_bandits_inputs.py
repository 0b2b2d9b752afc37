"""Example calls of snippets.rl.bandits."""

import numpy as np

from snippets.rl import bandits as m
from tests.inputs import Example, Promises, example

MEANS = np.array([0.75, 0.5, 0.25])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


EXAMPLES: list[Example] = [
    example(m.ucb1_index, np.array([1.0, 2.0, 0.0]), np.array([1.0, 0.5, 0.0]), 2.0),
    example(m.bernoulli_kl, 0.5, 0.25),
    example(m.kl_ucb_index, 0.5, 10.0, 4.0),
    example(m.lai_robbins, MEANS),
    example(m.gradient_bandit_step, np.array([0.25, -0.5, 1.0]), 1, 2.0, 0.5, 0.25),
    example(m.bayes_optimal, 3, [(1.0, 1.0), (2.0, 0.5)]),
    example(m.run_bandit, MEANS, "thompson", 5, rng(), 2),
    example(m.run_bandit, MEANS, "ucb1", 5, rng(), 2, c=0.5),
    example(
        m.run_bandit, MEANS, "epsilon-greedy", 3, rng(), 2, np.array([1.0, 0.5, 0.25])
    ),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
