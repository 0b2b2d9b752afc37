"""Normalization: each token's features divided by their own size, alone and in a stack.

The features are the last axis; whatever stands before it (batch, time, heads) is left
alone. Everything is computed in float64 and rounded once, to the dtype of the input.

Sources: Ba, Kiros, Hinton 2016, arXiv:1607.06450 (LayerNorm); Zhang, Sennrich 2019,
arXiv:1910.07467 (RMSNorm); Henry et al. 2020, arXiv:2010.04245 (QK-norm); Wang et al.
2022, arXiv:2203.00555 (the weight of the skip path in a post-norm stack).
"""

from .backward import layer_norm_backward, rms_norm_backward
from .depth import stack_gradients
from .norms import layer_norm, rms_norm
from .scores import qk_norm_scores

__all__ = [
    "layer_norm",
    "layer_norm_backward",
    "qk_norm_scores",
    "rms_norm",
    "rms_norm_backward",
    "stack_gradients",
]
