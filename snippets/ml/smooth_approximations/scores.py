"""Smooth accuracy and F1: probabilities in place of decisions.

Scores are better when larger: use 1 - smooth_accuracy or 1 - smooth_f1 as a loss. Axes,
in shapes: N sample, C class.

References:
    Su, "Smoothing functions", spaces.ac.cn/archives/6620 (in Chinese).
    Milletari et al., "V-Net", 3DV 2016, arXiv:1606.04797 (the Dice loss).
"""

import torch
from torch import Tensor


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
