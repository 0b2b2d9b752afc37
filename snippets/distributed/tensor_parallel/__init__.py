"""Tensor parallelism cuts each weight matrix among W ranks, which share one batch.

Here ranks are entries of a list, in one process, and an all-reduce is a sum in the
order of ranks; ``operators`` has what real ranks call. Matrices multiply from the
right: x is (n, d), a (d, h), b (h, d). Results are float64.

References:
    Shoeybi et al., "Megatron-LM: Training Multi-Billion Parameter Language Models Using
    Model Parallelism", 2019, arXiv:1909.08053.
    Korthikanti et al., "Reducing Activation Recomputation in Large Transformer Models",
    2022, arXiv:2205.05198 (abstract; the count of activations as AWS Neuron quotes it).
"""

from .cost import activation_bytes, communication_bytes
from .loss import vocab_parallel_cross_entropy
from .mlp import mlp_backward, mlp_forward
from .split import split_columns, split_heads, split_rows

__all__ = [
    "activation_bytes",
    "communication_bytes",
    "mlp_backward",
    "mlp_forward",
    "split_columns",
    "split_heads",
    "split_rows",
    "vocab_parallel_cross_entropy",
]
