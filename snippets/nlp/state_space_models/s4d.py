"""S4D: a diagonal state matrix, whose convolution kernel is one product.

Dropping the rank-one part of HiPPO's matrix leaves a normal one. In the basis of its
eigenvectors it is diagonal and complex, and powers of it are powers of numbers.

Letters: n state number, l (and L) delay in tokens.

Reference:
    Gu, Gupta, Goel, Ré, "On the Parameterization and Initialization of Diagonal State
    Space Models", 2022, arXiv:2206.11893.
"""

import torch
from torch import Tensor

from ._checks import _in_32_bits, _integer, _positive
from .hippo import hippo_legs


# --8<-- [start:s4d]
def s4d_legs(N: int) -> tuple[Tensor, Tensor]:
    """Diagonal a, shape (N,), and unitary V: V diag(a) V^H = A + B B^T / 2 of LegS.

    Both are complex128, and every real part is -1/2.

    Raises:
        ValueError: if N is not an integer >= 1.
    """
    A, B = hippo_legs(N)
    skew = A + torch.outer(B, B) / 2 + torch.eye(len(B)) / 2
    w, V = torch.linalg.eigh(-1j * skew)  # i times skew is Hermitian: w is real
    return -0.5 + 1j * w, V


@_in_32_bits
def s4d_kernel(a: Tensor, B: Tensor, C: Tensor, dt: float, L: int) -> Tensor:
    """Kernel (L,) of a diagonal system under zero-order hold: a Vandermonde product.

    Args:
        a: diagonal of the state matrix, shape (n,), real or complex.
        B, C: input and output weights, shape (n,).
        dt: step, finite and > 0.
        L: delays, counted from 0.

    Returns:
        K_l = sum over n of C_n Bbar_n e^(l dt a_n); complex if an argument is.

    Raises:
        ValueError: if a, B and C are not vectors of one length >= 1, or dt or L is
            out of its range.
    """
    _check_diagonal(a, B, C)
    dt, delays = _positive("dt", dt), torch.arange(_integer("L", L), device=a.device)
    near_zero = dt * (1 + dt * a / 2)  # value and slope of (e^(dt a) - 1) / a at a = 0
    exact = (dt * a).expm1() / torch.where(a == 0, 1, a)
    Bbar = B * torch.where(a == 0, near_zero, exact)
    return (C * Bbar) @ (dt * a[:, None] * delays).exp()
    # --8<-- [end:s4d]


def _check_diagonal(*vectors: Tensor) -> None:
    if (
        len({v.shape for v in vectors}) > 1
        or vectors[0].ndim != 1
        or not len(vectors[0])
    ):
        shapes = ", ".join(str(tuple(v.shape)) for v in vectors)
        raise ValueError(f"need a, B and C of one shape (n,), n >= 1, got {shapes}")
