"""Smooth max, argmax, one-hot and step: an exponential in place of a comparison.

``k`` is a sharpness: the larger, the closer to the hard function and the fewer inputs
with a useful gradient. Temperature is its inverse, tau = 1 / k.

Reference:
    Su, "Smoothing functions", spaces.ac.cn/archives/6620 (in Chinese).
"""

import math

import torch
from torch import Tensor


# --8<-- [start:max]
def smooth_max(x: Tensor, k: float, dim: int) -> Tensor:
    """log(sum(exp(k x))) / k, at most log(n) / k above the maximum of n entries.

    Args:
        x: floating point, finite, at least one axis.
        k: sharpness, > 0.
        dim: axis to reduce; must not be empty.

    Returns:
        The shape of x without ``dim``.

    Raises:
        ValueError: if k or dim is out of range, or x is empty there or not finite.
    """
    top, z = _below_the_top(x, k, dim)
    return top.squeeze(dim) + torch.logsumexp(z, dim) / k
    # --8<-- [end:max]


# --8<-- [start:argmax]
def soft_one_hot(x: Tensor, k: float, dim: int) -> Tensor:
    """softmax(k x): shape of x, positive, sums to 1; arguments as ``smooth_max``."""
    _, z = _below_the_top(x, k, dim)
    return torch.softmax(z, dim)


def soft_argmax(x: Tensor, k: float, dim: int) -> Tensor:
    """Mean index under ``soft_one_hot``, from 0; arguments and shape as ``smooth_max``.

    With several peaks the mean lies between them, where there may be no peak.
    """
    weights = soft_one_hot(x, k, dim)
    index = torch.arange(x.shape[dim], dtype=x.dtype, device=x.device)
    return (weights.movedim(dim, -1) * index).sum(-1)
    # --8<-- [end:argmax]


# --8<-- [start:step]
def smooth_step(x: Tensor, k: float) -> Tensor:
    """sigmoid(k x) for the step 1[x > 0]: the first of ``soft_one_hot`` of (x, 0).

    Raises:
        ValueError: if k is not > 0.
    """
    _check_sharpness(k)
    return torch.sigmoid(k * x)
    # --8<-- [end:step]


def _below_the_top(x: Tensor, k: float, dim: int) -> tuple[Tensor, Tensor]:
    """The maximum, and k (x - maximum) <= 0, whose exponential cannot overflow."""
    _check_sharpness(k)
    if not x.is_floating_point() or not -x.ndim <= dim < x.ndim or x.shape[dim] == 0:
        got = f"{x.dtype}, shape {tuple(x.shape)}, dim {dim}"
        raise ValueError(f"x must be floating and not empty along dim, got {got}")
    if not x.isfinite().all():
        raise ValueError("x must be finite, got inf or nan")
    # Any constant would do, so no gradient is lost: its two shares cancel.
    top = x.detach().amax(dim, keepdim=True)
    return top, k * (x - top)


def _check_sharpness(k: float) -> None:
    if not 0 < k < math.inf:
        raise ValueError(f"k must be finite and > 0, got {k}")
