"""The KV cache: keys and values of past tokens are kept, so that each is computed once.

One head; multi-head attention has one such cache for each layer and key/value head.
Positions, rows and blocks count from 0. Attention is computed in float64 and returned
in the dtype of the queries; what is stored is rounded to the dtype of the cache.

Sources: Shazeer 2019, arXiv:1911.02150 (what decoding reads); Pope et al. 2022,
arXiv:2211.05102 (prefill and decode); Kwon et al. 2023, arXiv:2309.06180 (paging).
"""

from .attention import causal_attention
from .cache import KVCache
from .memory import cache_bytes
from .paged import PagedAllocator

__all__ = ["KVCache", "PagedAllocator", "cache_bytes", "causal_attention"]
