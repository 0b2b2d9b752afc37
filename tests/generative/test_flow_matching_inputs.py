"""Example calls of snippets.generative.flow_matching."""

from dataclasses import replace

import numpy as np

from snippets.generative import flow_matching as f
from tests.inputs import Example, Promises, example, normal

X0, X1 = normal(2, 3, 2).numpy()
DATA = normal(4, 2).numpy()
T = np.array([0.0, 0.5, 0.75])
INNER = np.array([0.125, 0.5, 0.75])


def ended(x: np.ndarray, steps: int) -> np.ndarray:
    return f.integrate(lambda x, t: f.gaussian_velocity(x, t, 2.0, 0.5), x, steps)


EXAMPLES: list[Example] = [
    example(f.interpolate, X0, X1, T),
    example(f.gaussian_velocity, X0, T, X1, 0.5),
    example(f.data_velocity, X0, T, DATA),
    example(f.convert, X1, "velocity", "score", X0, INNER),
    replace(example(ended, X0, 4), of=f.integrate),
    example(f.shift_time, T, 3.0),
    example(f.logit_normal_density, INNER, 0.5, 2.0),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
