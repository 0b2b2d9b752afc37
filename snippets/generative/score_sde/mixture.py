"""A Gaussian mixture, whose score is known at every time.

Shapes: n points, d coordinates, k mixture components; points are (n, d), a time is a
number or (n, 1).
"""

import math

import torch
from torch import Tensor

from .sde import VESDE, VPSDE, _check_time


# --8<-- [start:gmm]
def gmm_score(
    x: Tensor,
    t: float | Tensor,
    sde: VPSDE | VESDE,
    weights: Tensor,
    means: Tensor,
    stds: Tensor,
) -> Tensor:
    """Score of p_t when the data are a mixture of round Gaussians, in closed form.

    Args:
        x: points (n, d), floating point.
        t: a number, or (n, 1).
        sde: the forward process.
        weights: (k,), not negative, summing to 1.
        means: (k, d).
        stds: (k,), positive; one for all coordinates of a component.

    Returns:
        Shape (n, d).

    Raises:
        ValueError: if a shape does not fit, x is not floating, t is outside [0, 1],
            weights do not sum to 1, or a std is not positive.
    """
    log_joint, offset, variance = _components(x, t, sde, weights, means, stds)
    share = log_joint.softmax(1)  # (n, k): which component x came from
    return (share[..., None] * offset / variance[..., None]).sum(1)
    # --8<-- [end:gmm]


def gmm_log_prob(
    x: Tensor,
    t: float | Tensor,
    sde: VPSDE | VESDE,
    weights: Tensor,
    means: Tensor,
    stds: Tensor,
) -> Tensor:
    """Log density of p_t at x in nats, shape (n,); arguments as in ``gmm_score``."""
    return _components(x, t, sde, weights, means, stds)[0].logsumexp(1)


def gmm_sample(
    n: int, weights: Tensor, means: Tensor, stds: Tensor, generator: torch.Generator
) -> Tensor:
    """Draw n points of the mixture, (n, d), in the dtype of ``means`` (k, d).

    Raises:
        ValueError: as ``gmm_score``, or if n is not an integer >= 1.
    """
    if not isinstance(n, int) or n < 1:
        raise ValueError(f"n must be an integer >= 1, got {n!r}")
    _check_mixture(weights, means, stds)
    which = torch.multinomial(weights, n, replacement=True, generator=generator)
    noise = torch.randn(n, means.shape[1], generator=generator, dtype=means.dtype)
    return means[which] + stds[which, None] * noise


def _components(
    x: Tensor,
    t: float | Tensor,
    sde: VPSDE | VESDE,
    weights: Tensor,
    means: Tensor,
    stds: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Log of weight times density (n, k), mean minus x (n, k, d), variance (n, k)."""
    _check_mixture(weights, means, stds)
    d = means.shape[1]
    if x.ndim != 2 or x.shape[1] != d or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"x must be (n, {d}), floating point, got {came}")
    _check_time(t, x)
    m, s = (value.reshape(-1, 1).to(x) for value in sde.marginal(t))  # 1 or n rows
    offset = m[..., None] * means - x[:, None]
    variance = ((m * stds) ** 2 + s**2).expand(len(x), -1)
    log_density = -0.5 * (
        offset.square().sum(2) / variance + d * torch.log(2 * math.pi * variance)
    )
    return weights.log() + log_density, offset, variance


def _check_mixture(weights: Tensor, means: Tensor, stds: Tensor) -> None:
    k = means.shape[:1]
    if means.ndim != 2 or weights.shape != k or stds.shape != k:
        came = ", ".join(str(tuple(part.shape)) for part in (weights, means, stds))
        raise ValueError(f"weights, means, stds must be (k,), (k, d), (k,), got {came}")
    if (weights < 0).any() or not math.isclose(weights.sum(), 1, abs_tol=1e-6):
        raise ValueError(f"weights must be >= 0 and sum to 1, got {weights.tolist()}")
    if not (stds > 0).all():
        raise ValueError(f"stds must be positive, got {stds.tolist()}")
