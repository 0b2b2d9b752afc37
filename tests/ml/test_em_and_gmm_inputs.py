"""Example calls of snippets.ml.em_and_gmm."""

import numpy as np

from snippets.ml import em_and_gmm as n
from tests.inputs import Example, Promises, example, normal

X = normal(8, 2).numpy()
W = [0.5, 0.25, 0.25]
MU = normal(3, 2, seed=1).numpy()
S = np.array(
    [[[1.0, 0.5], [0.5, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [0.0, 0.5]]]
)
R = np.array([[1.0, 0.0], [0.5, 0.5], [0.25, 0.75], [0.0, 1.0]] * 2)

EXAMPLES: list[Example] = [
    example(n.log_likelihood, X, W, MU, S),
    example(n.e_step, X, W, MU, S),
    example(n.m_step, X, R),
    example(n.m_step, X, R, 0.5),
    example(n.em, X, W, MU, S, 2, 0.0, 0.25),
    example(n.elbo, X, R, [0.5, 0.5], MU[:2], S[:2]),
    example(n.bic, -120.5, 50, 2, 3),
    example(n.two_coins, [5, 9, 8, 4, 7], 10, (0.625, 0.5), 3),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
