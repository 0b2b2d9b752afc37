"""Smooth stand-ins for max, argmax, one-hot, step, accuracy, and F1.

``k`` is a sharpness: the larger, the closer to the hard function and the fewer inputs
with a useful gradient. Temperature is its inverse, tau = 1 / k. Scores are better when
larger: use 1 - smooth_accuracy or 1 - smooth_f1 as a loss.

Axes, in shapes: N sample, C class; ``...`` any others.

References:
    Su, "Smoothing functions", spaces.ac.cn/archives/6620 (in Chinese).
    Milletari et al., "V-Net", 3DV 2016, arXiv:1606.04797 (the Dice loss).
"""

import math

import torch
from torch import Tensor

from snippets.ml.smooth_approximations_gumbel import GradientBias as GradientBias
from snippets.ml.smooth_approximations_gumbel import gradient_bias as gradient_bias
from snippets.ml.smooth_approximations_gumbel import gumbel_softmax as gumbel_softmax
from snippets.ml.smooth_approximations_gumbel import sample_gumbel as sample_gumbel
from snippets.ml.smooth_approximations_gumbel import (
    straight_through as straight_through,
)


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


# --8<-- [start:scores]
def smooth_accuracy(logits: Tensor, y: Tensor) -> Tensor:
    """Mean probability of the true class, in place of the share of right argmaxes.

    Args:
        logits: shape (N, C), floating point, finite, neither axis empty.
        y: true classes, shape (N,), int64, in 0..C-1.

    Returns:
        A scalar in [0, 1].

    Raises:
        ValueError: if shapes, dtypes or labels are not as above.
    """
    _check_labels(logits, y)
    return logits.softmax(-1).gather(-1, y[:, None]).mean()


def smooth_f1(p: Tensor, y: Tensor) -> Tensor:
    """2 sum(p y) / (sum(p) + sum(y)): F1 of counts that are sums of probabilities.

    Args:
        p: probability of the positive class, shape (N,), in [0, 1].
        y: labels, shape (N,), each 0 or 1, of any dtype.

    Returns:
        A scalar in [0, 1].

    Raises:
        ValueError: if shapes or ranges are not as above, or p and y are all 0, where F1
            is 0 / 0.
    """
    _check_probabilities(p, y)
    y = y.to(p.dtype)
    total = p.sum() + y.sum()
    if total == 0:
        raise ValueError("F1 needs a positive label or a p > 0, got neither")
    return 2 * (p * y).sum() / total
    # --8<-- [end:scores]


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


def _check_labels(logits: Tensor, y: Tensor) -> None:
    if logits.ndim != 2 or 0 in logits.shape or y.shape != logits.shape[:1]:
        shapes = f"{tuple(logits.shape)}, {tuple(y.shape)}"
        raise ValueError(f"need logits (N, C), y (N,), neither empty; got {shapes}")
    if not logits.is_floating_point() or y.dtype != torch.int64:
        got = f"{logits.dtype}, {y.dtype}"
        raise ValueError(f"need floating logits and int64 labels, got {got}")
    if not logits.isfinite().all():
        raise ValueError("logits must be finite, got inf or nan")
    classes = logits.shape[1]
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= classes:
        raise ValueError(
            f"labels must lie in 0..{classes - 1}, got {low if low < 0 else high}"
        )


def _check_probabilities(p: Tensor, y: Tensor) -> None:
    if p.ndim != 1 or p.shape != y.shape or not p.is_floating_point():
        got = f"{tuple(p.shape)}, {tuple(y.shape)}, {p.dtype}"
        raise ValueError(f"need floating p and y, both (N,); got {got}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p must lie in [0, 1], got a value outside or nan")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y must hold 0 and 1 only, got another value")
