"""Example calls of snippets.generative.wasserstein_gan."""

import numpy as np

from snippets.generative import wasserstein_gan as m
from tests.inputs import Example, Promises, example

X, Y = np.array([0.5, -1.25, 3.0]), np.array([0.25, 2.0])
A, B = np.array([0.5, 1.5, 1.0]), np.array([2.0, 0.75])
C, D = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[1.0, 0.25], [0.25, 3.0]])
KERNEL = np.arange(1.0, 17.0).reshape(2, 2, 2, 2)

EXAMPLES: list[Example] = [
    example(m.wasserstein_1d, X, Y),
    example(m.wasserstein_1d, X, Y, A, B),
    example(m.optimal_critic_1d, X, Y, A, B),
    example(m.gaussian_w2, X[:2], C, Y, D),
    example(m.interpolates, C, D, np.array([0.25, 0.5])),
    *[
        example(m.gradient_penalty, C, kind, 10.0)
        for kind in ("two_sided", "one_sided", "zero")
    ],
    example(m.spectral_norm, C, 3, 0),
    example(m.conv_operator_norm, KERNEL, 3),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
