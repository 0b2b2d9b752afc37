"""Example calls of snippets.nlp.gpt_from_scratch."""

from dataclasses import replace

import torch

from snippets.nlp import gpt_from_scratch as g
from tests.inputs import Example, Promises, example, normal

SIZES = (7, 5, 1, 2, 4)
IDS = torch.tensor([[1, 2, 3], [0, 6, 2]])
LOOKS = "ids are compared with the vocabulary"


def net(*sizes: int, tied: bool = True) -> torch.nn.Module:
    return g.GPT(g.GPTConfig(*sizes, tied), torch.Generator().manual_seed(0))


def logits(ids: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return net(*SIZES).double()(ids)


def drawn(ids: torch.Tensor, steps: int, temperature: float) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return g.generate(net(*SIZES), ids, steps, temperature, generator)


def windows(data: torch.Tensor, context: int, size: int) -> tuple[torch.Tensor, ...]:
    return g.batch(data, context, size, torch.Generator().manual_seed(0))


def trained(data: torch.Tensor, steps: int, size: int, lr: float) -> list[float]:
    generator = torch.Generator().manual_seed(0)
    return g.train(net(*SIZES), data, steps, size, lr, generator)


def chain(symbols: int, n: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return g.MarkovChain(symbols, generator).sample(n, generator)


EXAMPLES: list[Example] = [
    example(g.GPTConfig, 7, 5, 1, 2, 4),
    replace(
        example(logits, IDS), of=g.GPT, meta=LOOKS, gives="float64", detached="no_grad"
    ),
    replace(
        example(g.language_model_loss, normal(2, 3, 5), torch.tensor([[0, 4, 1]] * 2)),
        meta="targets are compared with the vocabulary",
    ),
    replace(
        example(g.language_model_loss, normal(3, 5), torch.tensor([0, 4, 9]), 9),
        meta="targets are compared with the vocabulary",
    ),
    example(g.parameter_count, g.GPTConfig(*SIZES)),
    example(g.training_flops_per_token, g.GPTConfig(*SIZES)),
    replace(example(windows, torch.arange(9), 3, 2), of=g.batch),
    replace(example(trained, torch.arange(7), 2, 2, 0.5), of=g.train, meta="it trains"),
    replace(example(drawn, IDS, 4, 1.0), of=g.generate, meta=LOOKS),
    replace(example(drawn, IDS, 4, 0.0), of=g.generate, meta=LOOKS),
    replace(example(chain, 3, 5), of=g.MarkovChain),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
