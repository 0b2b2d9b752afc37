"""An array is a block of memory read through a shape and strides; broadcasting and
views are rules about these two tuples, and einsum gives the axes letters.

Each function says in plain Python what numpy does: which shapes go together, how far it
steps in memory, and which products it adds up.

References:
    Harris et al., "Array programming with NumPy", Nature 585, 2020,
    doi:10.1038/s41586-020-2649-2.
    van der Walt, Colbert, Varoquaux, "The NumPy array: a structure for efficient
    numerical computation", 2011, arXiv:1102.1523.
"""

from .broadcasting import (
    broadcast_shape,
    broadcast_strides,
    pairwise_sq_distances,
    unbroadcast,
)
from .layout import contiguous_strides, sliding_windows
from .summation import Term, einsum_loops, einsum_multiplications, einsum_terms

__all__ = [
    "Term",
    "broadcast_shape",
    "broadcast_strides",
    "contiguous_strides",
    "einsum_loops",
    "einsum_multiplications",
    "einsum_terms",
    "pairwise_sq_distances",
    "sliding_windows",
    "unbroadcast",
]
