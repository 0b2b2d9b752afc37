"""Example calls of snippets.nlp.recurrent_networks."""

from dataclasses import replace

from snippets.nlp import recurrent_networks as r
from tests.inputs import Example, Promises, example, normal

X, H, C = normal(2, 5, 3), normal(2, 4, seed=1) / 4, normal(2, 4, seed=2) / 4
STATES, GRAD = normal(2, 5, 4, seed=3) / 4, normal(2, 5, 4, seed=4)


def weights(blocks):
    """Weights of the input and of the state, and two biases."""
    d = 4 * blocks
    shapes = (d, 3), (d, 4), (d,), (d,)
    return [normal(*shape, seed=5 + n) / 2 for n, shape in enumerate(shapes)]


EXAMPLES: list[Example] = [
    example(r.rnn, X, *weights(1)[:3], H),
    example(r.lstm, X, *weights(4), (H, C)),
    example(r.gru, X, *weights(3), H),
    example(r.rnn_backward, GRAD, X, STATES, *weights(1)[:2], H, 2),
    example(r.rnn_backward, GRAD, X, STATES, *weights(1)[:2]),
    replace(
        example(r.clip_by_global_norm, [normal(3), normal(2, 2, seed=1)], 0.5),
        meta="it looks at the norm",
        gives=("", "", "wide"),
    ),
    example(r.memory_half_life, 3.0),
    example(r.remember, "lstm", 0, 1.0, length=4, steps=1),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
