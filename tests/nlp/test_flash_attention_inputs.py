"""Example calls of snippets.nlp.flash_attention."""

from dataclasses import replace

import torch

from snippets.nlp import flash_attention as f
from tests.inputs import Example, Promises, example, normal

QKV = tuple(normal(1, 2, 5, 4, seed=i) for i in range(3))
LONG = (QKV[0], *(normal(1, 2, 7, 4, seed=i) for i in (3, 4)))
DO = normal(1, 2, 5, 4, seed=5)
OUT, LSE, _ = f.flash_attention_forward(*QKV, causal=True)
STATS = tuple(
    (normal(3, seed=i), normal(3, seed=i + 2).abs(), normal(3, 2, seed=i + 4))
    for i in (0, 1)
)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """A function is what can be differentiated here, not an object."""
    return f.FlashAttention.apply(q, k, v, True, None, 2, 3)


EXAMPLES: list[Example] = [
    replace(example(f.online_softmax, normal(9) * 3, 4), gives="wide"),
    replace(
        example(f.online_softmax, torch.zeros(3000, dtype=torch.float64), 100),
        gives="wide",
        differences="all numbers are the largest one, a kink",
    ),
    replace(example(f.merge_stats, *STATS), gives="wide"),
    replace(
        example(f.flash_attention_forward, *QKV, block_q=2, block_k=3),
        gives=("", "wide"),
    ),
    replace(
        example(f.flash_attention_forward, *LONG, True, 1.0, 2, 3, "bottom-right"),
        gives=("", "wide"),
    ),
    example(f.flash_attention_backward, *QKV, OUT, LSE, DO, True, None, 2, 3),
    replace(example(attend, *QKV), of=f.FlashAttention),
    example(f.io_standard, 5, 4),
    example(f.io_flash1, 5, 4, 64),
    example(f.io_flash2, 5, 4, 2),
]
SPARED: dict[str, str] = {
    "ForwardResult": "what flash_attention_forward returns",
    "triton_flash_attention": "GPU kernels, which take no float64: tried in "
    "tests/nlp/test_flash_attention.py, in Triton's interpreter and on a GPU",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
