"""Example calls of snippets.cv.batch_norm."""

from dataclasses import replace

import numpy as np

from snippets.cv import batch_norm as b
from tests.inputs import Example, Promises, example, normal, uniform

X, GRAD = normal(3, 4, 2).numpy(), normal(3, 4, 2, seed=1).numpy()
GAMMA, BETA = normal(4, seed=2).numpy(), normal(4, seed=3).numpy()
MEAN, VAR = normal(4, seed=4).numpy(), uniform(4, low=0.5, high=2.0, seed=5).numpy()
W, BIAS = normal(4, 3, 2, seed=6).numpy(), normal(4, seed=7).numpy()


def trained(
    channels: int, x: np.ndarray, eps: float, momentum: float
) -> tuple[np.ndarray, ...]:
    """One step of training, then an evaluation."""
    layer = b.BatchNorm(channels, eps, momentum)
    y = layer(x)
    layer.training = False
    return y, layer(x), layer.running_mean, layer.running_var


EXAMPLES: list[Example] = [
    replace(example(b.batch_norm, X, GAMMA, BETA, 1e-5), gives="same"),
    replace(example(b.batch_norm, X), gives="same"),
    replace(example(b.batch_norm, X, GAMMA, BETA, 1e-5, MEAN, VAR), gives="same"),
    replace(example(b.batch_norm_backward, GRAD, X, GAMMA, 1e-5), gives="same"),
    replace(example(b.group_norm, X, 2, GAMMA, BETA, 1e-5), gives="same"),
    example(b.batch_statistics, X),
    replace(example(b.fold, W, BIAS, MEAN, VAR, GAMMA, BETA, 1e-5), gives="same"),
    replace(example(b.fold, W, None, MEAN, VAR, GAMMA, BETA), gives="same"),
    replace(
        example(trained, 4, X, 1e-5, 0.25),
        of=b.BatchNorm,
        gives=("same", "same", "float64", "float64"),
    ),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
