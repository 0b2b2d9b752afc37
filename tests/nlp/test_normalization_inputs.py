"""Example calls of snippets.nlp.normalization."""

from dataclasses import replace

from snippets.nlp import normalization as n
from tests.inputs import Example, Promises, example, normal

X, GRAD = normal(3, 2, 5).numpy(), normal(3, 2, 5, seed=1).numpy()
GAIN, SHIFT = normal(5, seed=2).numpy(), normal(5, seed=3).numpy()
Q, K = normal(2, 3, 4, seed=4).numpy(), normal(2, 6, 4, seed=5).numpy()

EXAMPLES: list[Example] = [
    replace(example(n.layer_norm, X, GAIN, SHIFT, 1e-5), gives="same"),
    replace(example(n.layer_norm, X), gives="same"),
    replace(example(n.rms_norm, X, GAIN, 1e-6), gives="same"),
    replace(example(n.layer_norm_backward, GRAD, X, GAIN, 1e-5), gives="same"),
    replace(example(n.rms_norm_backward, GRAD, X, GAIN, 1e-6), gives="same"),
    replace(example(n.qk_norm_scores, Q, K, 2.0, 1e-6), gives="same"),
    example(n.stack_gradients, "none", 3, 4, seed=1),
    example(n.stack_gradients, "pre", 3, 4, seed=1, eps=1e-5),
    example(n.stack_gradients, "post", 3, 4, seed=1, alpha=2.0, eps=1e-5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
