"""TransNormer's block: local attention in early layers, normalized linear in late ones.

One block is attention and a gated feed-forward layer, each behind a norm and added
to the stream. Its two kinds differ in the attention alone. Axes: b batch, h head,
t token, d feature, x feature of the model's width.

Reference:
    Qin, Han, Sun, Li, Kong, Barnes, Zhong, "The Devil in Linear Transformer",
    EMNLP 2022, arXiv:2210.10340.
"""

from .attention import (
    diag_attention,
    norm_attention,
    norm_attention_step,
    srms_norm,
    unscaled_attention,
)
from .block import TransNormerBlock, layer_kinds
from .diagnosis import (
    largest_gradients,
    locality_mass,
    scaled_linear_jacobian,
    score_gradient,
    softmax_jacobian,
    top_mass,
)

__all__ = [
    "TransNormerBlock",
    "diag_attention",
    "largest_gradients",
    "layer_kinds",
    "locality_mass",
    "norm_attention",
    "norm_attention_step",
    "scaled_linear_jacobian",
    "score_gradient",
    "softmax_jacobian",
    "srms_norm",
    "top_mass",
    "unscaled_attention",
]
