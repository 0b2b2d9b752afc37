"""HiPPO-LegS: N numbers that always hold the best polynomial fit of the whole past.

The past f on (0, t) is stretched onto (0, 1) and projected onto Legendre polynomials.
As t grows, the coefficients c obey dc/dt = (A c + B f) / t. Sign: A is negative here,
as S4 prints it; the HiPPO paper prints -A and writes the minus into the equation.

Letters: n state number, k column or sample, t samples in a shape; states count from 0.

References:
    Gu, Dao, Ermon, Rudra, Ré, "HiPPO", NeurIPS 2020, arXiv:2008.07669.
    Gu et al., "How to Train Your HiPPO", 2022, arXiv:2206.12037.
"""

import math

import torch
from torch import Tensor

from ._checks import _integer
from .lti import _matrix_exp


# --8<-- [start:legs]
def hippo_legs(N: int) -> tuple[Tensor, Tensor]:
    """A, shape (N, N), and B, shape (N,), of HiPPO-LegS, float64.

    Raises:
        ValueError: if N is not an integer >= 1.
    """
    n = torch.arange(_integer("N", N), dtype=torch.float64)
    B = (2 * n + 1).sqrt()
    below = torch.outer(B, B).tril(-1)
    return torch.diag(-(n + 1)) - below, B  # the diagonal is n + 1, not 2n + 1
    # --8<-- [end:legs]


# --8<-- [start:online]
def legs_online(f: Tensor, N: int) -> Tensor:
    """Coefficients of the past after the last sample; exact if f is a staircase.

    In s = log t the equation has no 1/t, so a constant stretch of f is one matrix
    exponential over log((k + 1) / k). A e_0 + B = 0 makes f_k e_0 its fixed point.

    Args:
        f: shape (t,), one value for each of t equal stretches of time; for a smooth
            signal sample the middles, and the error falls as 1 / t^2.
        N: coefficients to keep.

    Returns:
        c, shape (N,), float64.

    Raises:
        ValueError: if f is not a vector with t >= 1, or N < 1.
    """
    A = hippo_legs(N)[0].to(f.device)
    if f.ndim != 1 or len(f) == 0:
        raise ValueError(f"f must have shape (t,), t >= 1, got {tuple(f.shape)}")
    first = torch.eye(len(A), dtype=A.dtype, device=A.device)[0]
    c = f[0] * first  # the past is one constant: its mean, and nothing else
    for k in range(1, len(f)):
        rest = f[k] * first
        step = _matrix_exp(A * math.log1p(1 / k))
        c = rest + step @ (c - rest)
    return c
    # --8<-- [end:online]


# --8<-- [start:reconstruct]
def legendre_reconstruct(c: Tensor, grid: Tensor) -> Tensor:
    """sum_n c_n sqrt(2n + 1) P_n(2 r - 1): the past that the coefficients describe.

    Args:
        c: shape (n,).
        grid: any shape, r in [0, 1]: 0 is the beginning, 1 is now.

    Returns:
        Shape of grid, float64.

    Raises:
        ValueError: if c is not a vector with n >= 1, or grid leaves [0, 1].
    """
    if c.ndim != 1 or len(c) == 0:
        raise ValueError(f"c must have shape (n,), n >= 1, got {tuple(c.shape)}")
    z = 2 * grid.double() - 1
    if not bool((z.abs() <= 1).all()):
        got = f"{grid.min().item()} to {grid.max().item()}"
        raise ValueError(f"grid must lie in [0, 1], got {got}")
    previous, p = torch.zeros_like(z), torch.ones_like(z)  # P_{-1} (unused), P_0
    total = torch.zeros_like(z)
    for n, c_n in enumerate(c.double()):
        total = total + c_n * (2 * n + 1) ** 0.5 * p
        previous, p = p, ((2 * n + 1) * z * p - n * previous) / (n + 1)
    return total
    # --8<-- [end:reconstruct]
