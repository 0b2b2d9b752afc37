"""Example calls of snippets.nlp.transnormer."""

from dataclasses import replace

import torch
import torch.nn.functional as F

from snippets.nlp import transnormer as t
from tests.inputs import Example, Promises, example, normal, uniform

Q, K, V = normal(2, 5, 3), normal(2, 5, 3, seed=1), normal(2, 5, 4, seed=2)
SCORES = uniform(2, 5, 5, low=0.5, high=2.0)
LOOKS = "whether scores are above 0 is read off the data"
NUMBER = "the result is a Python number"


def norm_block(x: torch.Tensor, module: t.TransNormerBlock) -> torch.Tensor:
    """The module, as an argument, is moved and converted along with its input."""
    return module(x)


def built(kind: str, width: int, heads: int, block: int) -> torch.Tensor:
    """What a block of these sizes makes of the same input."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = t.TransNormerBlock(kind, width, heads, block).double()
    return module(normal(1, 5, 6)).detach()


def made(kind: str) -> t.TransNormerBlock:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return t.TransNormerBlock(kind, 6, 2, block=2).double()


EXAMPLES: list[Example] = [
    replace(
        example(t.srms_norm, normal(3, 4, seed=5), 1e-6),
        library=lambda x, eps: F.rms_norm(x, x.shape[-1:], eps=eps),
    ),
    example(t.srms_norm, 400 * normal(3, 4, seed=5), 1.0),
    example(t.unscaled_attention, Q, K, V, True, 2),
    example(t.norm_attention, Q, K, V, True, 1e-6, 2),
    example(t.norm_attention, Q, K[:, :3], V[:, :3]),
    example(t.norm_attention, 256 * Q, 256 * K, V, True),
    example(t.norm_attention_step, Q[:, 0], K[:, 0], V[:, 0], normal(2, 3, 4), 1e-6),
    example(t.diag_attention, Q, K, V, 2, True, True),
    example(t.diag_attention, Q, K, V, 5),
    example(t.softmax_jacobian, normal(2, 5)),
    replace(example(t.scaled_linear_jacobian, SCORES), meta=LOOKS),
    *(
        replace(
            example(t.score_gradient, SCORES, V, normal(2, 5, 4), rule, 1e-6),
            detached="it is a gradient, and taken once",
        )
        for rule in ("softmax", "scaled", "rms", "raw")
    ),
    example(t.largest_gradients, [1.0, 1e-3], "rms", 1e-6, 5),
    replace(example(t.locality_mass, SCORES, 1), meta=NUMBER),
    replace(example(t.top_mass, SCORES, 0.5), meta=NUMBER),
    *(
        # Four projections, two norms, a mixture and two gates, each rounded.
        replace(
            example(norm_block, normal(2, 5, 6), made(kind)),
            of=t.TransNormerBlock,
            rounds=4,
        )
        for kind in ("diag", "norm")
    ),
    example(built, "norm", 6, 2, 2),
    replace(example(built, "diag", 6, 2, 2), of=t.TransNormerBlock),
    example(t.layer_kinds, 5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
