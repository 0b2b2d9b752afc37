"""Example calls of snippets.ml.regularization."""

import numpy as np

from snippets.ml import regularization as r
from tests.inputs import Example, Promises, example, normal

X = normal(9, 3).numpy()
Y = (X @ [1.0, -2.0, 0.0] + normal(9, seed=1).numpy()).astype("float16").astype(float)
S = np.abs(normal(5, seed=2).numpy())
LABELS = [0, 2, 1, 1, 0, 2, 2, 0, 1]


def _dropped(x, p):
    return r.dropout(x, p, np.random.default_rng(0))


EXAMPLES: list[Example] = [
    example(r.ridge_shrinkage, S, 0.5),
    example(r.early_stopping_shrinkage, S, 0.25, 7),
    Example(_dropped, (X, 0.25), {}, of=r.dropout),
    example(r.dropout_linear, X, Y, 0.25),
    example(r.smooth_labels, LABELS, 3, 0.125),
    example(r.smoothed_cross_entropy, X, LABELS, 0.125),
    example(r.optimal_logit_gap, 10, 0.125),
    example(r.clip_by_norm, [X, Y], 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
