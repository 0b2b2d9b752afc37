"""Linear attention in four orders of work: same numbers for finite inputs, four costs.

Softmax attention weighs value j for query i by exp(q_i . k_j). Linear attention weighs
it by phi(q_i) . phi(k_j), so the past fits in a state of fixed size.

Axes, in shapes and einsum alike: t token (of the query side), s token of the key side,
d feature of query and key, m feature after the feature map, v feature of the value. Any
axes may stand in front, such as batch and head. The Triton kernel is in
``kernels.py``, imported only by who wants it.

References:
    Katharopoulos, Vyas, Pappas, Fleuret, "Transformers are RNNs: Fast
    Autoregressive Transformers with Linear Attention", ICML 2020, arXiv:2006.16236.
    Shen et al., "Efficient Attention: Attention with Linear Complexities", 2018,
    arXiv:1812.01243.
"""

from .associative_recall import Recall, delta_step, recall
from .cost import cache_size, flops_chunked, flops_linear, flops_quadratic, state_size
from .forms import (
    efficient_attention,
    linear_attention_chunked,
    linear_attention_prefix_sums,
    linear_attention_quadratic,
    linear_attention_recurrent,
)
from .state import (
    QKV,
    FeatureMap,
    State,
    chunk_step,
    elu_feature_map,
    empty_state,
    prefill,
    recurrent_step,
)

__all__ = [
    "QKV",
    "FeatureMap",
    "Recall",
    "State",
    "cache_size",
    "chunk_step",
    "delta_step",
    "efficient_attention",
    "elu_feature_map",
    "empty_state",
    "flops_chunked",
    "flops_linear",
    "flops_quadratic",
    "linear_attention_chunked",
    "linear_attention_prefix_sums",
    "linear_attention_quadratic",
    "linear_attention_recurrent",
    "prefill",
    "recall",
    "recurrent_step",
    "state_size",
]
