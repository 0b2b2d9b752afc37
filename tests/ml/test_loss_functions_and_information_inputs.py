"""Example calls of snippets.ml.loss_functions_and_information."""

import numpy as np

from snippets.ml import loss_functions_and_information as b
from tests.inputs import Example, Promises, example, normal

P = np.array([0.5, 0.25, 0.125, 0.125])
Q = np.array([0.125, 0.125, 0.25, 0.5])
JOINT = np.array([[0.5, 0.125], [0.125, 0.25]])
ROWS = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])
LABELS = np.array([0, 2])
BITS = np.array([1, 0, 1, 0])
X = normal(6, 2).numpy()
Y = normal(6, 2, seed=1).numpy()
MEANS = np.array([-2.0, 2.0])


EXAMPLES: list[Example] = [
    example(b.entropy, P),
    example(b.entropy, P, 2.0),
    example(b.cross_entropy, P, Q, 2.0),
    example(b.kl_divergence, P, Q),
    example(b.kl_divergence, P, Q, 2.0),
    example(b.js_divergence, P, Q, 2.0),
    example(b.mutual_information, JOINT, 2.0),
    example(b.brier_score, ROWS, LABELS),
    example(b.focal_loss, P, BITS, 2.0),
    example(b.focal_minimiser, 0.75, 2.0),
    example(b.pinball_loss, X, Y, 0.75),
    example(b.kl_estimators, X, Y),
    example(b.divergences, MEANS, 0.5, 0.25, 1.0),
    example(b.forward_fit, MEANS, 0.5),
    example(b.reverse_fit, MEANS, 0.5, 1.0, 1.0, 3),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
