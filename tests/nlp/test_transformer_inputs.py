"""Example calls of snippets.nlp.transformer."""

from dataclasses import replace

import torch

from snippets.nlp import transformer as t
from tests.inputs import Example, Promises, example, normal

X, H = normal(2, 3), normal(2, 4, seed=1)
STREAM = normal(2, 5, 4, seed=2)
HEADS = (normal(12, 4, seed=3), normal(12, seed=4), normal(4, 4, seed=5), normal(4))
SHAPES = ((6, 4), (6,), (4, 6), (4,), (4,), (4,), (4,), (4,))
LAYER = t.EncoderParams(
    *HEADS, *(normal(*shape, seed=6 + i) for i, shape in enumerate(SHAPES)), 2
)
Q, K, V = normal(2, 3, 4), normal(2, 5, 4, seed=1), normal(2, 5, 6, seed=2)
MASK = torch.ones(3, 5, dtype=torch.bool).tril(1)

EXAMPLES: list[Example] = [
    example(t.causal_mask, 3, 5),
    example(t.sdpa, Q, K, V),
    example(t.sdpa, Q * 30, K * 30, V, causal=True),
    replace(
        example(t.sdpa, Q, K, V, MASK),
        meta="whether each query has a key to read is looked up in the mask",
    ),
    example(t.multi_head_attention, STREAM, *HEADS, 2),
    example(t.multi_head_attention, STREAM, *HEADS, 2, causal=True, memory=STREAM * 2),
    example(t.encoder_layer, STREAM * 100, LAYER, False),
    example(t.encoder_layer, STREAM * 100, LAYER, True, causal=True),
    example(t.encoder_layer, STREAM, LAYER, False),
    example(t.encoder_layer, STREAM, LAYER, True, causal=True),
    example(t.layer_parameters, 8, 32),
    example(t.sinusoidal_pe, 3, 4),
    example(
        t.rnn_forward,
        normal(2, 6, 3),
        normal(4, 3, seed=1),
        normal(4, 4, seed=2),
        normal(4),
    ),
    example(t.rnn_gradient_norms, normal(6, 4) / 4, normal(4, 4, seed=1)),
    example(
        t.lstm_cell,
        X,
        (H, normal(2, 4, seed=2)),
        normal(16, 4, seed=3),
        normal(16, 3, seed=4),
        normal(16, seed=5),
    ),
    example(t.gru_cell, X, H, normal(12, 4, seed=3), normal(12, 3, seed=4), normal(12)),
    example(t.softmax_statistics, 4, True, keys=3, queries=5),
    example(t.recall_accuracy, "lstm", 0, 1.0, steps=1),
    example(t.TinyLanguageModel, 0),
    example(t.learn_reversal, 0, 1),
]
SPARED: dict[str, str] = {
    "EncoderParams": "a record of tensors; encoder_layer checks them",
    "Reversal": "what learn_reversal returns",
    "SoftmaxStatistics": "what softmax_statistics returns",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
