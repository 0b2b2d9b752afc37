"""Example calls of snippets.nlp.linear_attention."""

from dataclasses import replace

import torch

from snippets.nlp import linear_attention as a
from tests.inputs import Example, Promises, example, normal

QKV = (normal(2, 6, 3), normal(2, 6, 3, seed=1), normal(2, 6, 4, seed=2))
CROSS = (normal(2, 6, 3), normal(2, 8, 3, seed=1), normal(2, 8, 4, seed=2))
TOKEN = tuple(x[:, 0] for x in QKV)
STATE, _ = a.prefill(a.empty_state(*QKV[1:]), QKV)
FORMS = (
    a.linear_attention_quadratic,
    a.linear_attention_prefix_sums,
    a.linear_attention_recurrent,
    a.linear_attention_chunked,
)
LOOKED_UP = "whether a feature is negative, or a sum of weights 0, is looked up"
NARROW = "the state must be float32 or float64"

EXAMPLES: list[Example] = [
    *(replace(example(f, *QKV, True), meta=LOOKED_UP) for f in FORMS),
    *(replace(example(f, *CROSS, False), meta=LOOKED_UP) for f in FORMS),
    replace(example(a.linear_attention_chunked, *QKV, True, chunk=2), meta=LOOKED_UP),
    example(a.efficient_attention, *CROSS),
    example(a.elu_feature_map, normal(3, 5) * 4),
    replace(example(a.empty_state, *QKV[1:]), gives="wide", detached="a new state"),
    replace(example(a.recurrent_step, STATE, TOKEN), meta=LOOKED_UP, refuses=NARROW),
    replace(example(a.chunk_step, STATE, QKV), meta=LOOKED_UP, refuses=NARROW),
    replace(example(a.prefill, STATE, QKV, 2), meta=LOOKED_UP, refuses=NARROW),
    example(a.delta_step, normal(2, 3, 4), normal(2, 3), normal(2, 4), 1.0),
    example(a.recall, 3, 4, torch.Generator().manual_seed(0), trials=2),
    example(a.recall, 3, 4, torch.Generator().manual_seed(0), 8.0, trials=2),
    example(a.recall, 3, 4, torch.Generator().manual_seed(0), None, 1.0, 2),
    example(a.flops_quadratic, 5, 4),
    example(a.flops_linear, 5, 4),
    example(a.flops_chunked, 5, 4, 2),
    example(a.cache_size, 5, 4),
    example(a.state_size, 4),
]
SPARED: dict[str, str] = {
    "Recall": "what recall returns",
    "State": "a record of two tensors; the steps check them",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
