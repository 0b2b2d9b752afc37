"""Example calls of snippets.nlp.lora."""

from dataclasses import replace

import torch
from torch import nn

from snippets.nlp import lora
from tests.inputs import Example, Promises, example, normal

X, WEIGHT, BIAS = normal(2, 3, 5), normal(4, 5, seed=1), normal(4, seed=2)
A, B = normal(2, 5, seed=3), normal(4, 2, seed=4)


def _layer(merged: bool, stabilised: bool = False) -> lora.LoRALinear:
    base = nn.utils.skip_init(nn.Linear, 5, 4).double()
    with torch.no_grad():
        base.weight.copy_(WEIGHT)
        base.bias.copy_(BIAS)
    rng = torch.Generator().manual_seed(0)
    layer = lora.LoRALinear(base, 2, 4.0, stabilised, generator=rng)
    with torch.no_grad():
        layer.a.copy_(A)
        layer.b.copy_(B)
    if merged:
        layer.merge()
    return layer


def _run(layer: lora.LoRALinear, x: torch.Tensor) -> torch.Tensor:
    return layer(x)


def _update(x: torch.Tensor, rank: int, alpha: float) -> torch.Tensor:
    """What a layer of these settings makes of x, with B in place of the zeros."""
    base = nn.Linear(5, 4, device="meta", dtype=x.dtype).to_empty(device=x.device)
    with torch.no_grad():
        base.weight.copy_(WEIGHT.to(x))
        base.bias.copy_(BIAS.to(x))
    layer = lora.LoRALinear(base, rank, alpha)
    with torch.no_grad():
        layer.a.copy_(A[:1].expand(rank, 5).to(x))
        layer.b.copy_(B[:, :1].expand(4, rank).to(x))
    return layer(x)


EXAMPLES: list[Example] = [
    example(lora.lora_forward, X, WEIGHT, A, B, 4.0, BIAS),
    example(lora.lora_forward, X, WEIGHT, A, B, 1.0),
    example(lora.merge, WEIGHT, A, B, 4.0),
    replace(example(_run, _layer(False), X), of=lora.LoRALinear),
    replace(
        example(_run, _layer(True), X), of=lora.LoRALinear, rounds=2
    ),  # the merged weight is rounded
    replace(example(_update, X, 2, 4.0), of=lora.LoRALinear),
    replace(
        example(lora.best_rank_update, normal(4, 5, seed=5), 2),
        meta="looks at the numbers",
        detached="factors to look at, or to begin with",
    ),
    example(lora.lora_parameters, [(4, 5), (3, 7)], 2),
    example(lora.fit_planted, 1, 0, 2),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
