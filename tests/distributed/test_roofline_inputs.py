"""Example calls of snippets.distributed.roofline."""

from snippets.distributed import roofline as n
from tests.inputs import Example, Promises, example

EXAMPLES: list[Example] = [
    example(n.attainable, 100.0, 989e12, 4.8e12),
    example(n.ridge, 989e12, 4.8e12),
    example(n.matmul_intensity, 8, 4, 2, 2.0),
    example(n.forward_flops_per_token, 104704.0, 2, 64, 32, True),
    example(n.training_flops_per_token, 104704.0, 2, 64, 32, False, True),
    example(n.mfu, 1e4, 4e10, 2, 989e12),
    example(n.decode_tokens_per_second, 13.5e9, 2.0**31, 8, 4.8e12, 6.74e9, 989e12),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
