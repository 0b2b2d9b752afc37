"""Quantization: numbers on a small grid, and how to choose grid and points.

Everything is computed in float64, whatever came; codes are int32, but for the 16 of
NF4, which are uint8.

Sources: Dettmers et al. 2022, arXiv:2208.07339 (absmax, zero point, outliers); Dettmers
et al. 2023, arXiv:2305.14314 (NF4, double quantization); Frantar et al. 2022,
arXiv:2210.17323 (GPTQ); Lin et al. 2023, arXiv:2306.00978 (AWQ).
"""

from .activations import awq_search
from .floats import round_float
from .grid import bits_per_weight, dequantize, quantize_absmax, quantize_affine
from .layer import compare_methods
from .normal import nf4_levels, nf4_quantize
from .second_order import gptq

__all__ = [
    "awq_search",
    "bits_per_weight",
    "compare_methods",
    "dequantize",
    "gptq",
    "nf4_levels",
    "nf4_quantize",
    "quantize_absmax",
    "quantize_affine",
    "round_float",
]
