"""Example calls of snippets.nlp.positional_encodings."""

from dataclasses import replace

import numpy as np

from snippets.nlp import positional_encodings as p
from tests.inputs import Example, Promises, example, normal

X = normal(2, 3, 4).numpy()
AT = np.array([0.0, 1.0, 2.5])
RELATIVE = np.array([[-20, -1], [0, 3]])

EXAMPLES: list[Example] = [
    example(p.inverse_frequencies, 6, 100.0),
    replace(example(p.sinusoidal, AT, 4, 100.0), gives="float64"),
    replace(example(p.rope, X, AT), gives="same"),
    replace(example(p.rope, X, AT, np.array([1.0, 0.25]), "half"), gives="same"),
    example(p.alibi_slopes, 3),
    example(p.alibi_bias, 3, 4),
    replace(example(p.t5_bucket, RELATIVE, 8, 16, True), gives="int64"),
    replace(example(p.t5_bucket, RELATIVE, 7, 16, bidirectional=False), gives="int64"),
    example(p.scaled_frequencies, "linear", 6, 2.0, 100.0),
    example(p.scaled_frequencies, "ntk", 6, 2.0, 100.0),
    example(p.scaled_frequencies, "yarn", 6, 2.0, 100.0, 64.0, 8.0, 0.5),
    example(p.fit_distances, 1, np.array([1.0, 0.3]), 20, 9),
]
SPARED: dict[str, str] = {"Extremes": "four numbers with names"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
