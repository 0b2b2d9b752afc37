"""Example calls of snippets.ml.logistic_and_softmax_regression."""

import numpy as np

from snippets.ml import logistic_and_softmax_regression as b
from tests.inputs import Example, Promises, example, normal

X = normal(24, 2).numpy()
Y = (np.arange(24) % 2 == 0).astype(int)
CLASSES = np.arange(24) % 3
W = np.array([0.5, -0.25])


EXAMPLES: list[Example] = [
    example(b.sigmoid, X[:, 0]),
    example(b.log_softmax, X, 1),
    example(b.log_softmax, X),
    example(b.logistic_loss, X, Y, W, 0.5, 0.25),
    example(b.fit_logistic, X, Y, 0.0),
    example(b.fit_logistic, X, Y, 0.5, 1e-9, 50),
    example(b.irls_path, X, Y, 0.5, 3),
    example(b.fit_softmax, X, CLASSES, 3, 0.0),
    example(b.fit_softmax, X, CLASSES, 3, 0.5, 1e-9, 50),
    example(b.descent_path, X, Y, 0.5, [1, 3]),
    example(b.prior_shift, 0.5, 0.5, 0.125),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
