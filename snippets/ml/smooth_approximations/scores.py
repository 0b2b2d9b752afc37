"""Smooth accuracy and F1: probabilities in place of decisions.

Scores are better when larger: use 1 minus the score as a loss. Sums are taken in at
least float32: 70,000 times 1 is infinite in float16.

Axes, in shapes: N sample, C class.

References:
    Su, "Smoothing functions", kexue.fm/archives/6620 (in Chinese).
    Milletari et al., "V-Net", 3DV 2016, arXiv:1606.04797 (the Dice loss).
"""

import torch
from torch import Tensor

from ._checks import _labels, _probabilities, _wide


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
    _labels(logits, y)
    p = _wide(logits).softmax(-1)
    return p.gather(-1, y[:, None]).mean().to(logits.dtype)


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
    _probabilities(p, y)
    wide = _wide(p)
    hits, total = (wide * y.to(wide)).sum(), wide.sum() + y.to(wide).sum()
    return (2 * hits / total).to(p.dtype)


def smooth_macro_f1(logits: Tensor, y: Tensor) -> Tensor:
    """Mean over the classes of each class's ``smooth_f1`` against all others.

    A class that no label and no probability has counts 0. Arguments, result and errors
    as for ``smooth_accuracy``.
    """
    _labels(logits, y)
    p = _wide(logits).softmax(-1)
    actual = torch.nn.functional.one_hot(y, p.shape[1]).to(p)
    hits, total = (p * actual).sum(0), p.sum(0) + actual.sum(0)
    return (2 * hits / total.where(total > 0, 1.0)).mean().to(logits.dtype)
    # --8<-- [end:scores]
