"""Example calls of snippets.distributed.tensor_parallel."""

from snippets.distributed import tensor_parallel as m
from tests.inputs import Example, Promises, example, normal

X, A, B = (
    normal(*shape, seed=i).numpy() for i, shape in enumerate([(2, 3), (3, 4), (4, 2)])
)
PARTS = [normal(2, 3, seed=5).numpy(), normal(2, 2, seed=6).numpy()]

EXAMPLES: list[Example] = [
    example(m.split_columns, A, 2),
    example(m.split_rows, B, 2),
    example(m.mlp_forward, X, A, B, 2),
    example(m.mlp_backward, X, A, B, 2, normal(2, 2, seed=4).numpy()),
    example(m.vocab_parallel_cross_entropy, PARTS, [0, 4]),
    example(m.split_heads, 8, 2, 4),
    example(m.communication_bytes, 2, 4, 8, 4),
    example(m.activation_bytes, 4, 2, 8, 4, 2, True),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
