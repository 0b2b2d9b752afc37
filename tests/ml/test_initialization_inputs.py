"""Example calls of snippets.ml.initialization."""

import numpy as np

from snippets.ml import initialization as init
from tests.inputs import Example, Promises, example


def _weights(shape, scheme, gain):
    return init.init_weight(shape, scheme, np.random.default_rng(0), gain)


def _turned(shape, gain):
    return init.orthogonal(shape, np.random.default_rng(0), gain)


EXAMPLES: list[Example] = [
    example(init.fans, (4, 3, 2)),
    example(init.second_moment, "gelu", 0.5),
    example(init.gain, "tanh", 0.5),
    example(init.chi, "silu", 1.5, 0.5),
    example(init.variance_path, "tanh", 1.5, 3, 0.5, 0.25),
    example(init.relu_correlation_path, 0.25, 3),
    Example(_weights, ((4, 3, 2), "he_uniform", 0.5), {}, of=init.init_weight),
    Example(_turned, ((4, 3), 0.5), {}, of=init.orthogonal),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
