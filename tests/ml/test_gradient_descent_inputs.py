"""Example calls of snippets.ml.gradient_descent."""

import numpy as np

from snippets.ml import gradient_descent as d
from tests.inputs import Example, Promises, example, normal

START = np.array([1.0, -0.5, 0.25])


def slope(x: np.ndarray) -> np.ndarray:
    return np.array([1.0, 4.0, 0.5]) * x


EXAMPLES: list[Example] = [
    example(d.descend, slope, START, "gd", 0.125, 3),
    example(d.descend, slope, START, "nesterov", 0.125, 3, 0.5),
    example(d.descend, slope, START, "adam", 0.125, 3, 0.5, 0.75, 1.0),
    example(d.descend, slope, START, "rmsprop", 0.125, 3),
    example(d.spectral_radius, "momentum", 0.5, 2.0, 0.25),
    example(d.stability_limit, "nesterov", 4.0, 0.5),
    example(d.optimal_parameters, "momentum", 1.0, 4.0),
    example(d.minibatch_variance, normal(6, 2).numpy(), 2, False),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
