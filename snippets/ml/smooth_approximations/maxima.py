"""Smooth max, argmax, one-hot and step: an exponential in place of a comparison.

``k`` is a sharpness: the larger, the closer to the hard function and the fewer inputs
with a useful gradient. Temperature is its inverse, tau = 1 / k. All is computed in
float64 and returned in the dtype of x: 16 bits overflow, and lose an index above 256.

Reference:
    Su, "Smoothing functions", kexue.fm/archives/6620 (in Chinese).
"""

import operator

import torch
from torch import Tensor

from ._checks import _finite, _positive


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
    return (top.squeeze(dim) + torch.logsumexp(z, dim) / k).to(x.dtype)
    # --8<-- [end:max]


# --8<-- [start:argmax]
def soft_one_hot(x: Tensor, k: float, dim: int) -> Tensor:
    """softmax(k x): shape of x, >= 0, sums to 1; arguments as ``smooth_max``."""
    _, z = _below_the_top(x, k, dim)
    return torch.softmax(z, dim).to(x.dtype)


def soft_argmax(x: Tensor, k: float, dim: int) -> Tensor:
    """Mean index under ``soft_one_hot``, from 0; arguments and shape as ``smooth_max``.

    With several peaks the mean lies between them, where there may be no peak.
    """
    _, z = _below_the_top(x, k, dim)
    index = torch.arange(x.shape[dim], dtype=z.dtype, device=x.device)
    return (torch.softmax(z, dim).movedim(dim, -1) @ index).to(x.dtype)
    # --8<-- [end:argmax]


# --8<-- [start:step]
def smooth_step(x: Tensor, k: float) -> Tensor:
    """sigmoid(k x) for the step 1[x > 0]: the first of ``soft_one_hot`` of (x, 0).

    Raises:
        ValueError: if k is not > 0, or x is not floating point and finite.
    """
    _positive("k", k)
    _finite("x", x)
    return torch.sigmoid(k * x.double()).to(x.dtype)
    # --8<-- [end:step]


def _below_the_top(x: Tensor, k: float, dim: int) -> tuple[Tensor, Tensor]:
    """The maximum, and k (x - maximum) <= 0, whose exponential cannot overflow."""
    _positive("k", k)
    fits = not isinstance(dim, bool) and -x.ndim <= operator.index(dim) < x.ndim
    if not x.is_floating_point() or not fits or x.shape[dim] == 0:
        got = f"{x.dtype}, shape {tuple(x.shape)}, dim {dim}"
        raise ValueError(f"x must be floating and not empty along dim, got {got}")
    _finite("x", x)
    x = x.double()
    # Any constant would do, so no gradient is lost: its two shares cancel.
    top = x.detach().amax(dim, keepdim=True)
    return top, k * (x - top)
