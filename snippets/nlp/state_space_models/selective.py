"""The selective model: B, C and the step depend on the token.

Each channel d has a diagonal state of n numbers. A stays, but the step delta of a token
stretches it: a long step forgets, a step of 0 skips the token.

Axes: b batch, t token, d channel, n state number.

References:
    Gu, Dao, "Mamba", 2023, arXiv:2312.00752.
    Its code takes delta B for Bbar: github.com/state-spaces/mamba, issue 114.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import _check_selective, _widened
from .scan import scan_associative

Scan = Callable[[Tensor, Tensor], Tensor]


# --8<-- [start:selective]
def selective_ssm(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    Bt: Tensor,
    Ct: Tensor,
    D: Tensor,
    scan: Scan = scan_associative,
    method: str = "mamba",
) -> Tensor:
    """y of the selective model; all states are held, (t, b, d, n) numbers.

    Args:
        u: inputs, shape (b, t, d).
        delta: steps >= 0, shape (b, t, d).
        A: diagonal of the state matrix, real, below 0, shape (d, n).
        Bt, Ct: input and output weights of each token, shape (b, t, n).
        D: weight of the input itself in the output, shape (d,).
        scan: ``scan_associative`` or ``scan_sequential``.
        method: "mamba" takes delta B for Bbar, "zoh" the exact (e^(delta A) - 1) / A B.

    Returns:
        Shape (b, t, d), the type of u; computed in 32 bits or more.

    Raises:
        ValueError: if shapes disagree or an axis is empty, a type is not floating,
            delta < 0, A >= 0, or method is unknown.
    """
    _check_selective(u, delta, A, Bt, Ct, D)
    if method not in ("mamba", "zoh"):
        raise ValueError(f"method must be 'mamba' or 'zoh', got {method!r}")
    dtype = u.dtype
    u, delta, A, Bt, Ct, D = _widened(u, delta, A, Bt, Ct, D)
    step = torch.einsum("btd,dn->tbdn", delta, A)
    gain = delta.transpose(0, 1)[..., None]  # (t, b, d, 1), Mamba's delta B
    if method == "zoh":
        gain = step.expm1() / A
    b = gain * torch.einsum("btn,btd->tbdn", Bt, u)
    states = scan(step.exp(), b)
    return (torch.einsum("tbdn,btn->btd", states, Ct) + D * u).to(dtype)
    # --8<-- [end:selective]


def triton_selective_ssm(
    u: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
) -> Tensor:
    """``selective_ssm`` as a GPU kernel; see ``kernels.py``.

    Raises:
        ImportError: if the ``triton`` package is not installed.
        ValueError: as the kernel's own function.
    """
    try:
        import triton  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "triton_selective_ssm needs the package triton: pip install triton"
        ) from error
    from . import kernels

    return kernels.triton_selective_ssm(u, delta, A, Bt, Ct, D)
