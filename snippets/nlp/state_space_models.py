"""Mamba's selective state space model, in torch: B, C and the step depend on the token.

Each channel d has a diagonal state of n numbers. A stays, but the step delta of a token
stretches it: a long step forgets, a step of 0 skips the token. HiPPO, the constant
models before it and the scans are in the modules beside this one; GPU kernels are in
``state_space_models_triton.py``, imported only when called.

Axes: b batch, t token, d channel, n state number.

References:
    Gu, Dao, "Mamba", 2023, arXiv:2312.00752.
    Its code takes delta B for Bbar: github.com/state-spaces/mamba, issue 114.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from snippets.nlp.state_space_models_hippo import hippo_legs as hippo_legs
from snippets.nlp.state_space_models_hippo import (
    legendre_reconstruct as legendre_reconstruct,
)
from snippets.nlp.state_space_models_hippo import legs_online as legs_online
from snippets.nlp.state_space_models_lti import discretize as discretize
from snippets.nlp.state_space_models_lti import fft_causal_conv as fft_causal_conv
from snippets.nlp.state_space_models_lti import ssm_kernel as ssm_kernel
from snippets.nlp.state_space_models_lti import ssm_recurrent as ssm_recurrent
from snippets.nlp.state_space_models_scan import join as join
from snippets.nlp.state_space_models_scan import scan_associative as scan_associative
from snippets.nlp.state_space_models_scan import scan_sequential as scan_sequential

Scan = Callable[[Tensor, Tensor], Tensor]


# --8<-- [start:selective]
def selective_ssm(
    x: Tensor,
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
        x: inputs, shape (b, t, d).
        delta: steps >= 0, shape (b, t, d).
        A: diagonal of the state matrix, real, below 0, shape (d, n).
        Bt, Ct: input and output weights of each token, shape (b, t, n).
        D: weight of the input itself in the output, shape (d,).
        scan: ``scan_associative`` or ``scan_sequential``.
        method: "mamba" takes delta B for Bbar, "zoh" the exact (e^(delta A) - 1) / A B.

    Returns:
        Shape (b, t, d).

    Raises:
        ValueError: if shapes disagree or an axis is empty, delta < 0, A >= 0, or
            method is unknown.
    """
    check_selective(x, delta, A, Bt, Ct, D)
    if method not in ("mamba", "zoh"):
        raise ValueError(f"method must be 'mamba' or 'zoh', got {method!r}")
    step = torch.einsum("btd,dn->tbdn", delta, A)
    gain = delta.transpose(0, 1)[..., None]  # (t, b, d, 1), Mamba's delta B
    if method == "zoh":
        gain = step.expm1() / A
    b = gain * torch.einsum("btn,btd->tbdn", Bt, x)
    states = scan(step.exp(), b)
    return torch.einsum("tbdn,btn->btd", states, Ct) + D * x
    # --8<-- [end:selective]


def check_selective(
    x: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
) -> None:
    """Refuse what ``selective_ssm`` cannot mean.

    Raises:
        ValueError: see ``selective_ssm``.
    """
    tensors = (x, delta, A, Bt, Ct, D)
    ok = x.ndim == 3 and A.ndim == 2 and x.shape == delta.shape
    tokens, n = x.shape[:-1], A.shape[-1:]
    ok = ok and A.shape[:1] == D.shape == x.shape[-1:]
    ok = ok and Bt.shape == Ct.shape == (*tokens, *n)
    if not ok or 0 in (*x.shape, *A.shape):
        got = ", ".join(str(tuple(z.shape)) for z in tensors)
        want = "x and delta (b, t, d), A (d, n), Bt and Ct (b, t, n), D (d,)"
        raise ValueError(f"need {want}, no axis empty; got {got}")
    if not bool((delta >= 0).all()):
        raise ValueError(f"delta must be >= 0, got {delta.min().item()}")
    if not bool((A < 0).all()):
        raise ValueError(f"A must be < 0, got {A.max().item()}")


# --8<-- [start:copying]
def selective_copying(
    sequences: int, tokens: int, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Noise, one marked token a sequence; the answer is the value at the mark.

    Returns:
        values, shape (b, t), standard normal float64; mark, shape (b, t), bool, one
        True a row; target, shape (b,).
    """
    values = torch.randn(sequences, tokens, generator=generator, dtype=torch.float64)
    where = torch.randint(tokens, (sequences, 1), generator=generator)
    mark = torch.zeros(sequences, tokens, dtype=torch.bool).scatter(1, where, True)
    return values, mark, values[mark]


def remember_marked(values: Tensor, mark: Tensor, size: float = 30.0) -> Tensor:
    """Last state, shape (b,), of one channel whose step says: take it, or skip it.

    With n = 1, A = -1, B = 1 and delta = softplus(z) the exact step is a gate,
    h <- (1 - g) h + g x with g = sigmoid(z); z is +size at the mark, else -size.
    """
    z = torch.where(mark, size, -size).to(values.dtype)
    ones = torch.ones(*values.shape, 1, dtype=values.dtype)
    delta = torch.nn.functional.softplus(z)[..., None]
    A, D = -ones[0, :1], torch.zeros(1, dtype=values.dtype)
    y = selective_ssm(values[..., None], delta, A, ones, ones, D, method="zoh")
    return y[:, -1, 0]
    # --8<-- [end:copying]


def triton_selective_ssm(
    x: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
) -> Tensor:
    """``selective_ssm`` as a GPU kernel; see ``state_space_models_triton.py``.

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
    from snippets.nlp import state_space_models_triton as kernels

    return kernels.triton_selective_ssm(x, delta, A, Bt, Ct, D)
