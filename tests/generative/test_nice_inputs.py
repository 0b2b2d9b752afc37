"""Example calls of snippets.generative.nice."""

from dataclasses import replace

import torch
from torch import Tensor

from snippets.generative import nice as n
from tests.inputs import Example, Promises, example, normal


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


COUPLING = n.AdditiveCoupling(4, 0, 8, seeded()).double()
LOGISTIC = n.NICE(4, 3, 8, generator=seeded()).double()
GAUSSIAN = n.NICE(4, 3, 8, "gaussian", seeded()).double()
X = normal(5, 4)


def encode(model: n.NICE, x: Tensor) -> Tensor:
    return model.encode(x)


def decode(model: n.NICE, z: Tensor) -> Tensor:
    return model.decode(z)


def log_prob(model: n.NICE, x: Tensor) -> Tensor:
    return model.log_prob(x)


def sample(model: n.NICE, count: int, generator: torch.Generator) -> Tensor:
    return model.sample(count, generator)


def coupled(coupling: n.AdditiveCoupling, x: Tensor) -> tuple[Tensor, Tensor]:
    return coupling(x), coupling.inverse(x)


EXAMPLES: list[Example] = [
    example(n.AdditiveCoupling, 4, 0, 8, seeded()),
    replace(example(coupled, COUPLING, X), of=n.AdditiveCoupling, rounds=4),
    example(n.NICE, 4, 3, 8, "logistic", seeded()),
    replace(example(encode, LOGISTIC, X), of=n.NICE, rounds=12),
    replace(example(decode, LOGISTIC, X), of=n.NICE, rounds=12),
    replace(example(log_prob, LOGISTIC, X), of=n.NICE, rounds=12),
    replace(example(log_prob, GAUSSIAN, X), of=n.NICE, rounds=12),
    replace(
        example(sample, LOGISTIC, 3, seeded()),
        of=n.NICE,
        drawn="rand draws other numbers in each type",
        meta="a generator draws no numbers without data",
    ),
    replace(
        example(n.banana, 5, seeded()),
        meta="takes no tensor",
    ),
    example(n.bits_per_dimension, X, 3, 16),
    replace(
        example(n.dequantize, torch.tensor([[0, 3], [7, 1]]), seeded(), 8),
        meta="the range of the pixels is checked",
    ),
    replace(
        example(n.fit, LOGISTIC, X, 2, 0.25),
        refuses="weights must be float32 or float64, got",
        meta="losses are returned as numbers",
        writes="it trains the model",
    ),
    example(n.jacobian_support, COUPLING, X),
    example(n.logistic_log_prob, 4 * X),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
