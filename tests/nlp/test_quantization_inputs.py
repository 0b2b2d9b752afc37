"""Example calls of snippets.nlp.quantization."""

from snippets.nlp import quantization as n
from tests.inputs import Example, Promises, example, normal

X, W = normal(8, 4).numpy(), normal(3, 4, seed=1).numpy()
H = (X.T @ X * 4).round() / 4  # which 16-bit floats can hold

EXAMPLES: list[Example] = [
    example(n.quantize_absmax, W, 8),
    example(n.quantize_absmax, W, 4, 1),
    example(n.quantize_absmax, W, 4, group=2),
    example(n.quantize_affine, W, 4, 1),
    example(n.dequantize, *n.quantize_affine(W, 4, 1)),
    example(n.bits_per_weight, 4, 64, 32, 0, 256, 8),
    example(n.round_float, W, 4, 3, 448.0),
    example(n.nf4_levels, 0.96875),
    example(n.nf4_quantize, W, 4),
    example(n.gptq, W, H, 4, 0.5),
    example(n.awq_search, W, X, 4, 2, 8),
    example(n.compare_methods, 3, 1),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
