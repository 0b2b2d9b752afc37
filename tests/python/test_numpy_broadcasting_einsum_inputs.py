"""Example calls of snippets.python.numpy_broadcasting_einsum."""

from dataclasses import replace

import numpy as np

from snippets.python import numpy_broadcasting_einsum as m
from tests.inputs import Example, Promises, example

X = np.array([[0.5, -1.25, 2.0], [3.0, 0.25, -0.5]])
Y = np.array([[1.5, 0.25, -2.0], [0.75, 1.0, 4.0], [0.0, 2.0, 1.0]])


def _terms(spec, *operands):
    return [(term.factors, term.cell) for term in m.einsum_terms(spec, *operands)]


EXAMPLES: list[Example] = [
    example(m.broadcast_shape, (3, 1), (4,)),
    example(m.broadcast_strides, (3, 1), (8, 8), (2, 3, 4)),
    example(m.contiguous_strides, (2, 3, 4), 8),
    replace(example(m.sliding_windows, X[0], 2), gives="same"),
    example(m.pairwise_sq_distances, X, Y),
    example(m.unbroadcast, X, (2, 1)),
    example(m.einsum_loops, "ij,kj->ik", X, Y),
    Example(_terms, ("ij,kj->ik", X, Y), {}, of=m.einsum_terms),
    example(m.einsum_multiplications, "ij,jk->ik", (2, 3), (3, 4)),
]
SPARED: dict[str, str] = {"Term": "a record of one pass"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
