"""Correlated Gaussian pairs: the information and the best critic are known, in nats.

Coordinate d of x and coordinate d of y are standard normals with correlation ``rho``;
all other pairs of coordinates are independent.
"""

import math

import torch
from torch import Tensor

from ._checks import _in_float32, _integer, _shape


# --8<-- [start:gaussian]
def gaussian_mi(rho: float, dim: int = 1) -> float:
    """Mutual information, in nats, of ``dim`` independent pairs with correlation rho.

    Raises:
        ValueError: if ``rho`` is not inside (-1, 1), or ``dim`` no integer >= 1.
    """
    _check_rho(rho)
    return -_integer("dim", dim, 1) / 2 * (math.log1p(-rho) + math.log1p(rho))


@_in_float32
def optimal_critic(x: Tensor, y: Tensor, rho: float) -> Tensor:
    """The log density ratio log p(x, y) / (p(x) p(y)) of every x with every y.

    Args:
        x: shape (N, d); its d coordinates are independent standard normals.
        y: shape (M, d), likewise; coordinate d of a true pair has correlation ``rho``.
        rho: correlation, inside (-1, 1).

    Returns:
        Scores, shape (N, M); row i belongs to ``x[i]``.

    Raises:
        ValueError: if ``rho`` is out of range, or the shapes do not fit.
    """
    _check_rho(rho)
    if x.ndim != 2 or y.ndim != 2 or not x.shape[1] == y.shape[1] >= 1:
        raise ValueError(
            "x and y must be (N, d) and (M, d) with d >= 1, "
            f"got {_shape(x)} and {_shape(y)}"
        )
    squares = x.square().sum(1)[:, None] + y.square().sum(1)
    exponent = (2 * rho * x @ y.T - rho**2 * squares) / (2 * (1 - rho) * (1 + rho))
    return gaussian_mi(rho, x.shape[1]) + exponent
    # --8<-- [end:gaussian]


def gaussian_pairs(
    count: int, rho: float, dim: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw ``count`` true pairs: x and y, each (count, dim), float64.

    Raises:
        ValueError: if ``rho`` is out of range, ``count`` no integer >= 0, or ``dim``
            no integer >= 1.
    """
    _check_rho(rho)
    shape = 2, _integer("count", count, 0), _integer("dim", dim, 1)
    x, noise = torch.randn(
        shape, generator=generator, dtype=torch.float64, device=generator.device
    )
    return x, rho * x + math.sqrt((1 - rho) * (1 + rho)) * noise


def _check_rho(rho: float) -> None:
    if not -1 < rho < 1:
        raise ValueError(f"rho must be inside (-1, 1), got {rho}")
