"""The gated attention unit (GAU): attention and feed-forward layer in one.

The single head's result is gated by U elementwise before the output projection, and
relu squared takes the place of the softmax. Its linear-time attention, mixed chunk
attention, is in ``chunked.py``, the layer with it in ``flash.py``. FLASH, the model
of these layers, is not FlashAttention, the exact GPU algorithm for softmax attention.

Axes: b batch, t token (i query, j key), d model width, e expanded width, s features
of the shared representation Z and so of query and key.

References:
    Hua, Dai, Liu, Le, "Transformer Quality in Linear Time", ICML 2022,
    arXiv:2202.10447.
    So et al., "Primer", NeurIPS 2021, arXiv:2109.08668 (relu squared).
"""

from .chunked import (
    mixed_chunk_attention,
    mixed_chunk_macs,
    mixed_chunk_reference,
    relu2,
)
from .flash import flash_forward
from .shift import shift_losses
from .unit import GAU, GAUParams, gau_forward, gau_params
from .weights import NORMS, attention_weights

__all__ = [
    "GAU",
    "NORMS",
    "GAUParams",
    "attention_weights",
    "flash_forward",
    "gau_forward",
    "gau_params",
    "mixed_chunk_attention",
    "mixed_chunk_macs",
    "mixed_chunk_reference",
    "relu2",
    "shift_losses",
]
