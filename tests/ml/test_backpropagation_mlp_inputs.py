"""Example calls of snippets.ml.backpropagation_mlp."""

import numpy as np

from snippets.ml import backpropagation_mlp as m
from tests.inputs import Example, Promises, example, normal

X = normal(5, 2).numpy()
W, V = normal(2, 3, seed=1).numpy(), normal(3, 2, seed=2).numpy()
PARAMS = [(W, np.array([0.5, -0.25, 0.0])), (V, np.array([0.25, 0.5]))]
SLOPES = normal(5, 2, seed=3).numpy()
Y = np.arange(5) % 2


def half_square(x: np.ndarray) -> float:
    return float((x**2).sum() / 2)


def kept(activation: str) -> m.Cache:
    return m.forward(PARAMS, X, activation)[1]


EXAMPLES: list[Example] = [
    example(m.init_mlp, [2, 3, 2]),
    example(m.init_mlp, [2, 3, 2], 5),
    example(m.forward, PARAMS, X),
    example(m.forward, PARAMS, X, "sigmoid"),
    example(m.backward, PARAMS, kept("relu"), SLOPES),
    example(m.backward, PARAMS, kept("tanh"), SLOPES),
    example(m.softmax_cross_entropy, X, Y),
    example(m.numerical_gradient, half_square, X, 0.125),
    example(m.relu_interpolator, np.array([-1.0, 0.0, 2.0]), np.array([1.0, 3.0, 2.0])),
]
SPARED = {"Cache": "it holds what forward puts there, and backward reads it"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
