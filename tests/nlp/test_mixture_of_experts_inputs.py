"""Example calls of snippets.nlp.mixture_of_experts."""

from dataclasses import replace

import torch

from snippets.nlp import mixture_of_experts as m
from tests.inputs import Example, Promises, example, normal, uniform

LOGITS, BIAS = normal(5, 4), normal(4, seed=1)
PICKS = torch.tensor([[0, 1], [2, 3], [0, 2], [1, 3], [0, 3]])
ROUTES = (
    "whether numbers are finite, and which experts are picked, is read off the data"
)


def layer(x: torch.Tensor, weights: torch.Tensor, keep: bool) -> torch.Tensor:
    """Four experts, of which each multiplies by a power of two."""
    experts = [lambda rows, e=e: rows * 2.0**e for e in range(4)]
    kept = m.dispatch(PICKS, 2, 4) if keep else None
    return m.moe(x, experts, m.Routing(PICKS, weights, weights), kept)


EXAMPLES: list[Example] = [
    replace(example(m.route, LOGITS, 2), meta=ROUTES),
    replace(example(m.route, LOGITS, 2, BIAS), meta=ROUTES),
    replace(example(m.route, LOGITS, 3, BIAS, "sigmoid"), meta=ROUTES),
    replace(example(m.route, LOGITS, 3, None, "sigmoid", False), meta=ROUTES),
    replace(example(m.route, LOGITS, 1, renormalise=False), meta=ROUTES),
    replace(example(m.dispatch, PICKS, 2, 4), meta=ROUTES),
    replace(example(layer, normal(5, 3), uniform(5, 2), True), of=m.moe, meta=ROUTES),
    replace(example(layer, normal(5, 3), uniform(5, 2), False), of=m.moe, meta=ROUTES),
    replace(example(m.balance_loss, uniform(5, 4, low=0.1), PICKS), meta=ROUTES),
    replace(example(m.z_loss, LOGITS), meta=ROUTES),
    replace(
        example(m.update_bias, BIAS, torch.tensor([5, 1, 2, 0]), 0.25), meta=ROUTES
    ),
]
SPARED: dict[str, str] = {"Routing": "what route gives"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
