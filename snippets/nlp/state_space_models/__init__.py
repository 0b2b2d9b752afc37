"""Mamba's selective state space model, in torch: B, C and the step depend on the token.

Each channel d has a diagonal state of n numbers. A stays, but the step delta of a token
stretches it: a long step forgets, a step of 0 skips the token. HiPPO, the constant
models before it and the scans are in the modules beside this one; GPU kernels are in
``kernels.py``, imported only when called.

Axes: b batch, t token, d channel, n state number.

References:
    Gu, Dao, "Mamba", 2023, arXiv:2312.00752.
    Its code takes delta B for Bbar: github.com/state-spaces/mamba, issue 114.
"""

from .copying import remember_marked, selective_copying
from .hippo import hippo_legs, legendre_reconstruct, legs_online
from .lti import discretize, fft_causal_conv, ssm_kernel, ssm_recurrent
from .s4d import s4d_kernel, s4d_legs
from .scan import join, scan_associative, scan_sequential
from .selective import Scan, selective_ssm, triton_selective_ssm

__all__ = [
    "Scan",
    "discretize",
    "fft_causal_conv",
    "hippo_legs",
    "join",
    "legendre_reconstruct",
    "legs_online",
    "remember_marked",
    "s4d_kernel",
    "s4d_legs",
    "scan_associative",
    "scan_sequential",
    "selective_copying",
    "selective_ssm",
    "ssm_kernel",
    "ssm_recurrent",
    "triton_selective_ssm",
]
