"""Correlated Gaussian pairs: the information and the best critic are known, in nats.

Coordinate d of x and coordinate d of y are standard normals with correlation ``rho``;
all other pairs of coordinates are independent.
"""

import math

import torch
from torch import Tensor

from .bounds import _shape


# --8<-- [start:gaussian]
def gaussian_mi(rho: float, dim: int = 1) -> float:
    """Mutual information, in nats, of ``dim`` independent pairs with correlation rho.

    Raises:
        ValueError: if ``rho`` is not inside (-1, 1), or ``dim`` is below 1.
    """
    _check_rho(rho)
    if dim < 1:
        raise ValueError(f"dim must be >= 1, got {dim}")
    return -dim / 2 * (math.log1p(-rho) + math.log1p(rho))


def optimal_critic(x: Tensor, y: Tensor, rho: float) -> Tensor:
    """The log density ratio log p(x, y) / (p(x) p(y)) of every x with every y.

    Args:
        x: shape (N, D); its D coordinates are independent standard normals.
        y: shape (M, D), likewise; coordinate d of a true pair has correlation ``rho``.
        rho: correlation, inside (-1, 1).

    Returns:
        Scores, shape (N, M); row i belongs to ``x[i]``.

    Raises:
        ValueError: if ``rho`` is out of range, or the shapes do not fit.
    """
    _check_rho(rho)
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
        raise ValueError(
            f"x and y must be (N, D) and (M, D), got {_shape(x)} and {_shape(y)}"
        )
    squares = x.square().sum(1)[:, None] + y.square().sum(1)
    exponent = (2 * rho * x @ y.T - rho**2 * squares) / (2 * (1 - rho) * (1 + rho))
    return gaussian_mi(rho, x.shape[1]) + exponent
    # --8<-- [end:gaussian]


def gaussian_pairs(
    count: int, rho: float, dim: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw ``count`` true pairs: x and y, each (count, dim), float64."""
    _check_rho(rho)
    x, noise = torch.randn(2, count, dim, generator=generator, dtype=torch.float64)
    return x, rho * x + math.sqrt((1 - rho) * (1 + rho)) * noise


def _check_rho(rho: float) -> None:
    if not -1 < rho < 1:
        raise ValueError(f"rho must be inside (-1, 1), got {rho}")
