"""Example calls of snippets.nlp.efficient_attention."""

from dataclasses import replace

import torch

from snippets.nlp import efficient_attention as e
from tests.inputs import Example, Promises, example, normal

QKV = tuple(normal(2, 8, 3, seed=i) for i in range(3))
LONGER = (normal(2, 8, 3), *(normal(2, 12, 3, seed=i) for i in (1, 2)))
MASK = torch.ones(8, 8, dtype=torch.bool).tril(1)
LOOKED_UP = "whether each query has a key to read is looked up in the mask"
SUMMED = "whether the weights of each query have a sum above 0 is looked up"

EXAMPLES: list[Example] = [
    example(e.local_mask, 6, 2),
    example(e.atrous_mask, 6, 2),
    example(e.sparse_mask, 6, 2, True),
    replace(example(e.hops_to_full, MASK), meta="the search looks at the mask"),
    replace(example(e.masked_attention, *QKV, MASK), meta=LOOKED_UP),
    replace(
        example(e.masked_attention, QKV[0] * 40, QKV[1] * 40, QKV[2], MASK),
        meta=LOOKED_UP,
        slope="weights near 1: a difference of near numbers; compared with torch's own",
    ),
    example(e.block_local_attention, *QKV, 2),
    example(e.block_local_attention, *QKV, 4, causal=True),
    example(e.sparse_attention, *QKV, 2, True),
    example(
        e.linformer_attention, *LONGER, normal(4, 12, seed=3), normal(4, 12, seed=4)
    ),
    replace(example(e.similarity_attention, *LONGER, e.taylor_similarity), meta=SUMMED),
    replace(
        example(e.similarity_attention, *QKV, e.taylor_similarity, True), meta=SUMMED
    ),
    example(e.taylor_similarity, *LONGER[:2]),
    replace(example(e.taylor_attention, *LONGER), meta=SUMMED),
    replace(example(e.taylor_attention, *QKV, True, 3), meta=SUMMED),
    replace(
        example(e.taylor_attention, *(normal(40, 3, seed=i) for i in range(3)), True),
        meta=SUMMED,
    ),
    example(e.lsh_buckets, QKV[0], 3, torch.Generator().manual_seed(0)),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
