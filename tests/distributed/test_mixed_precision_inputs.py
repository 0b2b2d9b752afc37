"""Example calls of snippets.distributed.mixed_precision."""

from dataclasses import replace

import numpy as np

from snippets.distributed import mixed_precision as n
from tests.inputs import Example, Promises, example, normal

X = normal(8).numpy()


def drawn(x, name):
    return n.stochastic_round(x, name, np.random.default_rng(0))


def scale_after(scale, growth, backoff, interval):
    scaler = n.LossScaler(scale, growth, backoff, interval)
    scaler.update(True)
    scaler.update(False)
    return scaler.scale


def stepped(master, gradients, lr, clip):
    return n.mixed_step(master, gradients, n.LossScaler(), lr, "float16", clip)


EXAMPLES: list[Example] = [
    example(n.limits, "float16"),
    example(n.round_to, X, "float8_e4m3fn"),
    example(n.round_to, X, "bfloat16", True),
    replace(example(drawn, X, "float8_e5m2"), of=n.stochastic_round),
    example(n.accumulate, [0.5, 1.25, 3.0], "bfloat16"),
    example(n.accumulate, X, "float8_e4m3fn", True),
    example(n.scaled_quantise, X, "float8_e4m3fn"),
    example(n.scaled_quantise, X, "float8_e5m2", 4),
    replace(example(scale_after, 8.0, 2.0, 0.5, 1), of=n.LossScaler),
    replace(example(stepped, X, X[::-1] / 1024, 0.5, 0.25), of=n.mixed_step),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
