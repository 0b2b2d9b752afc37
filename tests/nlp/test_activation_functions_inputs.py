"""Example calls of snippets.nlp.activation_functions."""

from dataclasses import replace

import numpy as np

from snippets.nlp import activation_functions as a
from tests.inputs import Example, Promises, example, normal

Z = normal(3, 5) * 4
ROWS = np.array([[0.5, 0.0], [0.0, 1.5], [1.0, 0.0], [1.0, 1.25]])
LABELS = np.array([-1, -1, -1, 1])

EXAMPLES: list[Example] = [
    replace(example(a.heaviside, Z), detached="a step has no slope to learn from"),
    *(
        example(f, Z)
        for f in (
            a.elu,
            a.gelu,
            a.leaky_relu,
            a.mish,
            a.relu,
            a.relu2,
            a.selu,
            a.sigmoid,
            a.silu,
            a.tanh,
        )
    ),
    example(a.elu, Z, 2.0),
    example(a.leaky_relu, Z, 1.0),
    example(a.gelu, Z, "tanh"),
    example(a.gelu, Z, "quick"),
    example(a.gelu, Z * 8, "tanh"),
    example(a.relu2, Z * 50),
    example(
        a.glu_ffn,
        normal(2, 4),
        normal(4, 6, seed=1),
        normal(4, 6, seed=2),
        normal(6, 4, seed=3),
        a.silu,
    ),
    example(a.glu_hidden_dim, 48, 16, 1.0),
    example(a.second_moment, a.gelu, 20),
    example(a.slope_moment, a.gelu, 20),
    example(a.constant_share, a.gelu),
    example(a.initial_gain, a.tanh),
    example(a.selu_constants),
    example(a.perceptron_fit, ROWS, LABELS, 50),
    example(a.novikoff_bound, ROWS, LABELS, np.array([4.0, 3.0]), -6.0),
    example(a.deep_loss, a.gelu, 2.0, 0, depth=2, steps=2),
    example(a.gradient_ratio, a.gelu, 2.0, 3, seed=0, width=4),
    example(a.xor_loss, a.tanh, 0, hidden=3, steps=2),
]
SPARED: dict[str, str] = {"PerceptronFit": "what perceptron_fit returns"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
