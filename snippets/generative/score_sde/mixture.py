"""A Gaussian mixture, whose score is known at every time.

Shapes: n points, d coordinates, k mixture components; points are (n, d), a time is a
number or (n, 1).
"""

import math

import torch
from torch import Tensor

from ._checks import _draw, _integer, _wide
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
    return (share[..., None] * offset / variance[..., None]).sum(1).to(x.dtype)
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
    log_joint, _, _ = _components(x, t, sde, weights, means, stds)
    return log_joint.logsumexp(1).to(x.dtype)


def gmm_sample(
    n: int, weights: Tensor, means: Tensor, stds: Tensor, generator: torch.Generator
) -> Tensor:
    """Draw n points of the mixture, (n, d), in the dtype of ``means`` (k, d).

    Raises:
        ValueError: as ``gmm_score``, or if n is not an integer >= 1.
    """
    n = _integer("n", n)
    _check_mixture(weights, means, stds)
    weights, wide, stds = _wide(weights), _wide(means), _wide(stds)
    where = generator.device
    which = torch.multinomial(
        weights.to(where), n, replacement=True, generator=generator
    ).to(means.device)
    noise = _draw("randn", torch.Size([n, means.shape[1]]), generator, wide)
    return (wide[which] + stds[which, None] * noise).to(means.dtype)


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
    t = _wide(t) if isinstance(t, Tensor) else t
    x, weights, means, stds = (_wide(part) for part in (x, weights, means, stds))
    m, s = (value.reshape(-1, 1).to(x) for value in sde.marginal(t))  # 1 or n rows
    offset = m[..., None] * means - x[:, None]
    variance = ((m * stds) ** 2 + s**2).expand(len(x), -1)
    log_density = -0.5 * (
        offset.square().sum(2) / variance + d * torch.log(2 * math.pi * variance)
    )
    return weights.log() + log_density, offset, variance


def _check_mixture(weights: Tensor, means: Tensor, stds: Tensor) -> None:
    k = means.shape[:1]
    if means.ndim != 2 or 0 in means.shape or weights.shape != k or stds.shape != k:
        came = ", ".join(str(tuple(part.shape)) for part in (weights, means, stds))
        raise ValueError(f"weights, means, stds must be (k,), (k, d), (k,), got {came}")
    for part in (weights, means, stds):
        if not part.is_floating_point() or not part.isfinite().all():
            raise ValueError(f"a mixture must be of finite floats, got {part}")
    total = float(weights.detach().double().sum())
    if (weights < 0).any() or not math.isclose(total, 1, abs_tol=1e-6):
        raise ValueError(f"weights must be >= 0 and sum to 1, got {weights.tolist()}")
    if not (stds > 0).all():
        raise ValueError(f"stds must be positive, got {stds.tolist()}")
