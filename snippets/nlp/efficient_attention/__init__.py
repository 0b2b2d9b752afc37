"""Ways to make attention cheaper: fewer pairs, fewer keys, or another similarity.

Softmax attention compares all T^2 pairs of tokens. Sparse patterns are in
``masks.py``, the code that gains from them in ``blocks.py``; then Linformer,
attention with any similarity, and the hashing of Reformer.

Axes: t token of the query, s token of the key, d feature of query and key, v feature
of the value, r row of a projection of the tokens; "..." is batch and head.

References:
    Wang, Li, Khabsa, Fang, Ma, "Linformer", 2020, arXiv:2006.04768.
    Kitaev, Kaiser, Levskaya, "Reformer", ICLR 2020, arXiv:2001.04451.
    Wang, Girshick, Gupta, He, "Non-local Neural Networks", CVPR 2018, arXiv:1711.07971.
"""

from .blocks import block_local_attention, masked_attention, sparse_attention
from .hashing import lsh_buckets
from .low_rank import linformer_attention
from .masks import atrous_mask, hops_to_full, local_mask, sparse_mask
from .similarity import similarity_attention, taylor_attention, taylor_similarity

__all__ = [
    "atrous_mask",
    "block_local_attention",
    "hops_to_full",
    "linformer_attention",
    "local_mask",
    "lsh_buckets",
    "masked_attention",
    "similarity_attention",
    "sparse_attention",
    "sparse_mask",
    "taylor_attention",
    "taylor_similarity",
]
