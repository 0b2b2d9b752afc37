"""Example calls of snippets.rl.stochastic_approximation."""

import numpy as np

from snippets.rl import stochastic_approximation as s
from tests.inputs import Example, Promises, example

NUMBERS = np.array([1.0, -0.5, 0.25, 3.0])


def line(w: np.ndarray) -> np.ndarray:
    return 2 * (w - 1)


EXAMPLES: list[Example] = [
    example(s.asymptotic_variance, 1.0, 2.0, 0.5),
    example(s.constant_step_variance, 0.25, 2.0, 1.0),
    example(s.dvoretzky, NUMBERS**2, NUMBERS**2, NUMBERS, 2.0),
    example(s.incremental_mean, NUMBERS),
    example(s.robbins_monro, line, NUMBERS, 0.25, 3, 1.0, np.random.default_rng(0)),
    example(
        s.robbins_monro, line, 1.0, 0.25, 3, 1.0, np.random.default_rng(0), blowup=9.0
    ),
    example(s.sgd_mean, NUMBERS[:, None], 2, 0.25, np.array([2.0])),
    example(s.sgd_mean, NUMBERS, 2, 0.25, 1.0),
    example(s.step_conditions, 0.25, 5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
