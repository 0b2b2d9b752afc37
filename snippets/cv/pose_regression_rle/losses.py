"""Regression losses as densities of the residual: Laplace, Gaussian, and RLE's own.

The residual is x_bar = (target - mu) / sigma, coordinate by coordinate. Axes: N images,
K key points, 2 coordinates x and y. Every loss is summed over key points and
coordinates and averaged over images.

Reference:
    Li et al., "Human Pose Regression with Residual Log-likelihood Estimation",
    ICCV 2021, arXiv:2107.11291. Its released code computes another loss, see
    ``rle_loss_released``.
"""

import math

import torch
from torch import Tensor

from ._checks import _holds, _in_float32, _integer
from .flow import _LOG_ROOT_2PI, RealNVP2d


# --8<-- [start:simple]
def _minus_log_q(x_bar: Tensor, q: str) -> Tensor:
    """-log Q of scale 1, elementwise."""
    if q == "laplace":
        return x_bar.abs() + math.log(2)
    if q == "gaussian":
        return 0.5 * x_bar**2 + _LOG_ROOT_2PI
    raise ValueError(f"q must be 'laplace' or 'gaussian', got {q!r}")


@_in_float32
def laplace_nll(mu: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    """L1 with a learnt scale; sigma is the b of the Laplace. All of shape (N, K, 2)."""
    x_bar = _residual(mu, sigma, target)
    return (_minus_log_q(x_bar, "laplace") + sigma.log()).sum((1, 2)).mean()


@_in_float32
def gaussian_nll(mu: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    """L2 with a learnt scale, sigma the standard deviation. All of shape (N, K, 2)."""
    x_bar = _residual(mu, sigma, target)
    return (_minus_log_q(x_bar, "gaussian") + sigma.log()).sum((1, 2)).mean()
    # --8<-- [end:simple]


# --8<-- [start:rle]
def log_normalizer(flow: RealNVP2d, q: str = "laplace", points: int = 64) -> Tensor:
    """log s = -log of the integral of Q G over the plane, by the midpoint rule.

    The integral is the mean of Q under G, so the grid is laid over the standard normal,
    from -7 to 7 on each axis, and pushed through the flow: fine where G is narrow.

    Args:
        flow: G.
        q: "laplace" or "gaussian".
        points: grid points per axis, an integer >= 1; few are inaccurate.

    Returns:
        A scalar.
    """
    points = _integer("points", points, 1)
    like = next(flow.parameters())
    step = 14 / points
    line = torch.arange(points, dtype=like.dtype, device=like.device) + 0.5
    line = line * step - 7
    z = torch.cartesian_prod(line, line)
    minus_log = 0.5 * (z**2).sum(1) + _minus_log_q(flow.push(z), q).sum(1)
    return 2 * _LOG_ROOT_2PI - 2 * math.log(step) - torch.logsumexp(-minus_log, 0)


@_in_float32
def rle_loss(
    mu: Tensor,
    sigma: Tensor,
    target: Tensor,
    flow: RealNVP2d,
    q: str = "laplace",
    residual: bool = True,
    log_s: Tensor | float = 0.0,
    weight: Tensor | None = None,
) -> Tensor:
    """The paper's -log P(target), summed over key points, averaged over images.

    Args:
        mu, sigma, target: shape (N, K, 2); sigma > 0.
        flow: G, shared by all key points.
        q: "laplace" or "gaussian", of scale 1.
        residual: without it the flow alone is the density of x_bar.
        log_s: from ``log_normalizer``. It depends on the flow but not on mu and sigma;
            at 0 the loss is off by it, and the flow learns all of P.
        weight: of each key point, shape (N, K), >= 0; 0 for one without a label, whose
            target may then be anything, NaN too. Default: 1 for all.

    Returns:
        A scalar.

    Raises:
        ValueError: if shapes differ, sigma is not > 0, a target that counts is not
            finite, or q is unknown.
    """
    x_bar = _residual(mu, sigma, target, weight)
    minus_log_q = _minus_log_q(x_bar, q).sum(2)  # (N, K)
    loss = sigma.log().sum(2) - flow.log_prob(x_bar.reshape(-1, 2)).view(mu.shape[:2])
    if residual:
        loss = loss + minus_log_q - log_s
    if weight is not None:
        loss = loss * weight
    return loss.sum(1).mean()
    # --8<-- [end:rle]


# --8<-- [start:released]
@_in_float32
def rle_loss_released(
    mu: Tensor, sigma: Tensor, target: Tensor, flow: RealNVP2d, q: str = "laplace"
) -> Tensor:
    """What the released code computes, for comparison only: not a likelihood.

    log sigma enters twice, and log G, of shape (N, K, 1), is broadcast over the two
    coordinates before the sum and so enters twice as well.

    Args:
        mu, sigma, target, flow: as for ``rle_loss``.
        q: "laplace" or "gaussian" as in MMPose, "official" for the authors' Laplace:
            1 / sqrt(2 pi) in front of exp(-abs(x) / sqrt(2)).
    """
    x_bar = _residual(mu, sigma, target)
    if q == "official":
        minus_log_q = x_bar.abs() / math.sqrt(2) + _LOG_ROOT_2PI
    else:
        minus_log_q = _minus_log_q(x_bar, q)
    flow_term = sigma.log() - flow.log_prob(-x_bar.reshape(-1, 2)).view(
        *mu.shape[:2], 1
    )
    q_term = sigma.log() + minus_log_q
    return (flow_term + q_term).sum((1, 2)).mean()
    # --8<-- [end:released]


def _residual(
    mu: Tensor, sigma: Tensor, target: Tensor, weight: Tensor | None = None
) -> Tensor:
    same = mu.shape == sigma.shape == target.shape
    if not same or mu.ndim != 3 or mu.shape[2] != 2 or mu.shape[0] == 0:
        shapes = ", ".join(str(tuple(x.shape)) for x in (mu, sigma, target))
        raise ValueError(
            f"mu, sigma, target must share a shape (N, K, 2), got {shapes}"
        )
    if not mu.is_floating_point() or not sigma.is_floating_point():
        raise ValueError(
            f"mu, sigma must be floating point, got {mu.dtype}, {sigma.dtype}"
        )
    if not _holds(sigma > 0):
        raise ValueError(f"sigma must be > 0, got {sigma.min():g}")
    if weight is not None:
        if weight.shape != mu.shape[:2] or not _holds(weight >= 0):
            raise ValueError(f"weight must be (N, K) and >= 0, got {weight}")
        target = torch.where(weight[..., None] > 0, target, mu.detach())
    if not _holds(target.isfinite()):
        count = int((~target.isfinite()).sum())
        raise ValueError(f"target must be finite, got {count} NaN or infinite numbers")
    return (target - mu) / sigma
