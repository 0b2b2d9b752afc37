"""How fast a computation can be: its arithmetic or its bytes set the limit.

A machine does at most ``peak`` floating-point operations (FLOPs) and moves at most
``bandwidth`` bytes each second. A multiplication and an addition are two FLOPs.

References:
    Williams, Waterman, Patterson, "Roofline: An Insightful Visual Performance Model for
    Multicore Architectures", Communications of the ACM 52(4), 2009,
    doi:10.1145/1498765.1498785.
    Kaplan et al., "Scaling Laws for Neural Language Models", 2020, arXiv:2001.08361.
    Chowdhery et al., "PaLM: Scaling Language Modeling with Pathways", 2022,
    arXiv:2204.02311 (MFU).
"""

from .roof import attainable, matmul_intensity, ridge
from .serving import decode_tokens_per_second
from .training import forward_flops_per_token, mfu, training_flops_per_token

__all__ = [
    "attainable",
    "decode_tokens_per_second",
    "forward_flops_per_token",
    "matmul_intensity",
    "mfu",
    "ridge",
    "training_flops_per_token",
]
