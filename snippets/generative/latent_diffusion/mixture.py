"""Guidance where the exact noise prediction is known: three Gaussian clusters.

They stand on a circle of radius 2, with standard deviation 0.8 in each direction and
weights 1/3. "The caption" says which cluster; without it, all three are possible.
"""

import math

import torch
from torch import Tensor

from ._checks import _integer, _wide
from .ddim import ddim_sample
from .guidance import cfg
from .schedule import scaled_linear_alphas

SPREAD = 0.8
_ANGLES = torch.arange(3, dtype=torch.float64) * (2 * math.pi / 3)
CENTERS = 2 * torch.stack([_ANGLES.cos(), _ANGLES.sin()], 1)


# --8<-- [start:mixture]
def mixture_eps(z: Tensor, a: float, centers: Tensor, spread: float = SPREAD) -> Tensor:
    """What a perfect model predicts: the expected noise in z, given z.

    Args:
        z: noisy points, shape (n, d).
        a: cumulative alpha, in (0, 1).
        centers: of equally likely clusters, shape (k, d); one of them is "a caption".
        spread: standard deviation of each cluster.

    Returns:
        Shape (n, d).

    Raises:
        ValueError: unless 0 < a < 1, spread > 0 is finite, and the shapes fit.
    """
    if not 0 < a < 1:
        raise ValueError(f"a must lie between 0 and 1, got {a}")
    if not 0 < spread < math.inf:
        raise ValueError(f"spread must be finite and > 0, got {spread}")
    fits = z.ndim == centers.ndim == 2 and z.shape[1] == centers.shape[1]
    if not fits or len(centers) == 0:
        got = f"{tuple(z.shape)}, {tuple(centers.shape)}"
        raise ValueError(f"want points (n, d) and centers (k, d), got {got}")
    variance = a * spread**2 + 1 - a  # of each noisy cluster
    offsets = _wide(z)[:, None] - math.sqrt(a) * _wide(centers)  # (n, k, d)
    weights = (-(offsets**2).sum(2) / (2 * variance)).softmax(1)
    mean_offset = torch.einsum("nk,nkd->nd", weights, offsets)
    return (math.sqrt(1 - a) / variance * mean_offset).to(z.dtype)
    # --8<-- [end:mixture]


# --8<-- [start:guided]
def guided_samples(scale: float, n: int, seed: int = 0, steps: int = 50) -> Tensor:
    """n points (n, 2) for the caption "cluster 0" at guidance scale ``scale``.

    The same seed gives the same initial noise at every scale.

    Raises:
        ValueError: if n, seed or steps is no integer, or out of its range.
    """
    n, seed = _integer("n", n, 0), _integer("seed", seed, 0, 2**63 - 1)
    alphas = scaled_linear_alphas()

    def eps(z: Tensor, t: int) -> Tensor:
        a = alphas[t].item()
        return cfg(mixture_eps(z, a, CENTERS), mixture_eps(z, a, CENTERS[:1]), scale)

    generator = torch.Generator().manual_seed(seed)
    return ddim_sample(eps, (n, 2), alphas, steps, 0.0, generator, "trailing")
    # --8<-- [end:guided]
