"""Example calls of snippets.nlp.performer."""

from dataclasses import replace

import torch

from snippets.nlp import performer as p
from tests.inputs import Example, Promises, example, normal

QKV = (normal(2, 6, 4), normal(2, 6, 4, seed=1), normal(2, 6, 3, seed=2))
CROSS = (normal(2, 5, 4), *QKV[1:])
W = normal(7, 4, seed=3)
TOKEN = tuple(x[:, 0] for x in QKV)
LARGE = (
    QKV[0] * 10,
    QKV[1] * torch.tensor([9.0] * 5 + [1.0]).double()[:, None],
    QKV[2],
)
LOOKED_UP = "whether all numbers are finite is looked up"
GENERATOR = torch.Generator().manual_seed(0)
PAIR = (QKV[0] / 2, QKV[1] / 2)


def step(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, W: torch.Tensor
) -> torch.Tensor:
    """The second of two steps; the first reads its own value, with slope 0 by q."""
    state, _ = p.favor_step(None, q, k, v, W)
    return p.favor_step(state, k, q, v * 2, W)[1]


EXAMPLES: list[Example] = [
    replace(e, meta=LOOKED_UP)
    for e in (
        example(p.favor_attention, *CROSS, W),
        example(p.favor_attention, *QKV, W, True, 4),
        example(p.favor_attention, *LARGE, W, True, 4),
        example(p.favor_attention, *QKV, W, hyperbolic=True),
        replace(example(step, *TOKEN, W), of=p.favor_step),
        example(p.positive_features, QKV[0], W),
        example(p.positive_features, QKV[0], W, "query"),
        example(p.positive_features, QKV[0], W, "key"),
        example(p.trig_features, QKV[0], W),
        example(p.hyperbolic_features, QKV[0], W),
        example(p.mse_positive, *PAIR, 4),
        example(p.mse_hyperbolic, *PAIR, 4),
        example(p.mse_trig, *PAIR, 4),
        example(p.mse_orthogonal, *PAIR, 4),
    )
] + [
    example(p.gaussian_orthogonal, 5, 3, GENERATOR),
    example(p.directions_for, "trig", 6),
    example(p.attention_error, 1.0, 4, 0, "positive", 5, 3),
    example(p.attention_error, 1.0, 4, 0, "hyperbolic", 5, 3),
    example(p.median_error, 1.0, 4, "trig", 2),
]
SPARED: dict[str, str] = {"FavorState": "a record of two tensors; favor_step checks it"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
