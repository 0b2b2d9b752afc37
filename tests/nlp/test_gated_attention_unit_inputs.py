"""Example calls of snippets.nlp.gated_attention_unit."""

from dataclasses import replace

import torch

from snippets.nlp import gated_attention_unit as g
from tests.inputs import Example, Promises, example, normal

X = normal(2, 6, 4)
QUERY, KEY = normal(2, 6, 3, seed=1), normal(2, 6, 3, seed=2)
CHUNKS = (*(normal(2, 6, 3, seed=i) for i in range(4)), normal(2, 6, 5, seed=4))


def params(sides: int, bias: bool) -> g.GAUParams:
    """d 4, e 5, s 2, six tokens."""
    return g.GAUParams(
        normal(4, 5, seed=10),
        normal(4, 5, seed=11),
        normal(4, 2, seed=12),
        normal(sides, 2, seed=13),
        normal(sides, 2, seed=14),
        normal(5, 4, seed=15),
        normal(6, 6, seed=16) if bias else None,
    )


def forward(x: torch.Tensor, module: g.GAU) -> torch.Tensor:
    """The module, as an argument, is moved and converted along with its input."""
    return module(x)


def built(d: int, e: int, s: int, max_length: int) -> torch.Tensor:
    """What a module of these sizes makes of the same input."""
    generator = torch.Generator().manual_seed(0)
    return g.GAU(d, e, s, max_length, generator=generator).double()(X)


EXAMPLES: list[Example] = [
    example(g.relu2, normal(3, 4)),
    *(example(g.attention_weights, QUERY, KEY, True, norm) for norm in g.NORMS),
    example(g.attention_weights, QUERY, KEY, False, "n", normal(6, 6, seed=3)),
    example(g.attention_weights, QUERY, KEY, False, "row", 0.5),
    example(g.attention_weights, QUERY, KEY, True, "softmax", 1.0, 4),
    # Scores whose squares leave float16: a row of P is still a row of shares.
    example(g.attention_weights, 256 * QUERY, 256 * KEY, True, "row"),
    example(g.gau_forward, X, params(2, True), True, "n"),
    example(g.gau_forward, X, params(2, False), False, "softmax", 4),
    replace(example(forward, X, g.GAU(4, 5, 2, 6, causal=True).double()), of=g.GAU),
    replace(example(built, 4, 5, 2, 6), of=g.GAU),
    example(g.gau_params, 4, 5, 2),
    example(g.flash_forward, X, params(4, False), 3, True),
    example(g.flash_forward, X, params(4, False), 2),
    example(g.mixed_chunk_attention, *CHUNKS, 2, True),
    example(g.mixed_chunk_attention, *CHUNKS, 3),
    example(g.mixed_chunk_reference, *CHUNKS, 2, True),
    example(g.mixed_chunk_reference, *CHUNKS, 3),
    example(g.mixed_chunk_macs, 12, 5, 2, 4),
    example(g.shift_losses, "n", 0, 2, 3),
]
SPARED: dict[str, str] = {"GAUParams": "a record of arrays; gau_forward checks them"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
