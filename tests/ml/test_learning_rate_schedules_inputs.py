"""Example calls of snippets.ml.learning_rate_schedules."""

import numpy as np

from snippets.ml import learning_rate_schedules as s
from tests.inputs import Example, Promises, example

RATES = np.array([0.5, 0.25, 0.125])

EXAMPLES: list[Example] = [
    example(s.cosine, 4, 1.0, 8, 2, 0.125),
    example(s.wsd, 6, 1.0, 8, 2, 4, 0.125, "sqrt"),
    example(s.inverse_sqrt, 7, 1.0, 4),
    example(s.step_decay, 5, 1.0, 0.5, 2),
    example(s.sgd_second_moment, RATES, 2.0, 3.0, 5.0),
    example(s.stationary_variance, 0.5, 2.0, 3.0),
    example(s.greedy_lrs, 4, 2.0, 3.0, 5.0),
    example(s.bowl_loss, np.stack([RATES, RATES]), [0.5, 1.0], [0.25, 0.5], 1.0),
    example(s.noise_scale, 14.5, 1, 7.75, 4),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
