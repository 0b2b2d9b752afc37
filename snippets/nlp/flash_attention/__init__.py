"""FlashAttention in plain torch: exact attention that never holds the score matrix.

Attention weighs values by a softmax over scores. Softmax needs the maximum and the sum
of a whole row, but both, and the weighted sum itself, can be mended when a larger
score turns up. So the scores may come block by block and be dropped at once.

Axes: b batch, h head, t query tokens, s key tokens, d features. The torch code is the
reference: it shows the order of work, not the speed. The GPU kernels are in
``kernels.py``, imported only when called.

References:
    Milakov, Gimelshein, "Online normalizer calculation for softmax", 2018,
    arXiv:1805.02867.
    Dao et al., "FlashAttention", NeurIPS 2022, arXiv:2205.14135.
    Dao, "FlashAttention-2", 2023, arXiv:2307.08691.
"""

from .backward import flash_attention_backward
from .counts import io_flash1, io_flash2, io_standard
from .forward import ForwardResult, flash_attention_forward
from .function import FlashAttention, triton_flash_attention
from .online import Stats, merge_stats, online_softmax

__all__ = [
    "FlashAttention",
    "ForwardResult",
    "Stats",
    "flash_attention_backward",
    "flash_attention_forward",
    "io_flash1",
    "io_flash2",
    "io_standard",
    "merge_stats",
    "online_softmax",
    "triton_flash_attention",
]
