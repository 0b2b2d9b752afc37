"""Margin losses hand cross-entropy a smaller target logit than the cosine deserves.

All take cosines between unit features and unit class weights and return logits. The
target cosine becomes cos(m1 theta + m2) - m3; m1 is SphereFace's, m2 ArcFace's, m3
CosFace's. No ``acos`` takes part in the gradient, which would be NaN at cosines of 1.

Sources: arXiv:1704.08063 (SphereFace), arXiv:1801.09414 (CosFace), arXiv:1801.07698
(ArcFace).
"""

import math

import torch
from torch import Tensor

from ._checks import _holds, _integer, _widened


# --8<-- [start:arcface]
def arcface_cosine(cos: Tensor, m: float, fallback: str = "usual") -> Tensor:
    """cos(theta + m) up to theta = pi - m, and a decreasing substitute beyond.

    Args:
        cos: any shape, in [-1, 1].
        m: radians, in [0, pi / 2].
        fallback: ``usual`` cos(theta) - m sin(m), with a jump at pi - m; ``continuous``
            cos(theta) + cos(m) - 1; or ``none``, which turns up again.

    Returns:
        The shape of ``cos``; float32 if it has 16 bits, in which 1 - cos^2 is noise.

    Raises:
        ValueError: an unknown fallback or ``m`` out of range.
    """
    cos = _floating(cos)
    if fallback not in ("usual", "continuous", "none"):
        raise ValueError(
            f"fallback must be usual, continuous or none, got {fallback!r}"
        )
    if not 0 <= m <= math.pi / 2:
        raise ValueError(f"m must be in [0, pi / 2], got {m}")
    square = 1 - cos**2
    # The root has an infinite slope at 0; the inner `where` keeps it from NaN.
    sin = torch.where(square > 0, torch.where(square > 0, square, 1).sqrt(), 0)
    shifted = cos * math.cos(m) - sin * math.sin(m)
    if fallback == "none":
        return shifted
    drop = m * math.sin(m) if fallback == "usual" else 1 - math.cos(m)
    return torch.where(cos > math.cos(math.pi - m), shifted, cos - drop)
    # --8<-- [end:arcface]


# --8<-- [start:sphereface]
def sphereface_psi(cos: Tensor, m: int) -> Tensor:
    """(-1)^k cos(m theta) - 2k on the k-th of m equal pieces of [0, pi].

    Args:
        cos: any shape, in [-1, 1].
        m: an integer >= 1.

    Returns:
        The shape of ``cos``, float32 if that has 16 bits; 1 at angle 0, 1 - 2m at
        angle pi, decreasing between.

    Raises:
        ValueError: ``m`` that is not such an integer.
    """
    cos, m = _floating(cos), _integer("m", m, 1)
    k = (m * torch.acos(cos.detach()) / math.pi).floor().clamp(max=m - 1)
    before, now = torch.ones_like(cos), cos
    for _ in range(m - 1):  # Chebyshev: cos(m theta) is a polynomial in the cosine
        before, now = now, 2 * cos * now - before
    return (1 - 2 * (k % 2)) * now - 2 * k
    # --8<-- [end:sphereface]


# --8<-- [start:logits]
def margin_logits(
    cos: Tensor, y: Tensor, kind: str = "arcface", m: float = 0.5, s: float = 64.0
) -> Tensor:
    """Logits for cross-entropy: the target's cosine with a margin, all times s.

    Args:
        cos: cosines of sample and class, shape (N, C).
        y: classes, int64, shape (N,).
        kind: ``arcface`` (m in [0, pi / 2]), ``cosface`` (m >= 0), ``sphereface``
            (integer m >= 1), or ``softmax``, which has no use for m.
        m: the margin.
        s: the scale, positive.

    Returns:
        Shape (N, C), float32 if ``cos`` has 16 bits: a bfloat16 of 60 is a multiple of
        1/4.

    Raises:
        ValueError: shapes, cosines or classes out of range, an unknown kind, ``m`` out
            of its range or ``s`` not positive.
    """
    if cos.ndim != 2 or y.shape != cos.shape[:1]:
        raise ValueError(
            f"cos must be (N, C) and y (N,), got {tuple(cos.shape)}, {tuple(y.shape)}"
        )
    if not cos.is_floating_point():
        raise ValueError(f"cos must be floating point, got {cos.dtype}")
    rounding = max(1e-6, 2 * torch.finfo(cos.dtype).eps)  # of a product of unit vectors
    if not _holds(cos.detach().abs() <= 1 + rounding):
        raise ValueError("cos must be in [-1, 1], got a larger one or NaN")
    if y.dtype != torch.int64 or not _holds((y >= 0) & (y < cos.shape[1])):
        raise ValueError(f"y must be int64 in [0, {cos.shape[1]}), got {y.tolist()}")
    if not 0 < s < math.inf:
        raise ValueError(f"s must be positive, got {s}")
    cos = _widened(cos).clamp(-1, 1)
    target = cos.gather(1, y[:, None])
    if kind == "arcface":
        target = arcface_cosine(target, m)
    elif kind == "cosface":
        if not 0 <= m < math.inf:
            raise ValueError(f"m must be 0 or more, got {m}")
        target = target - m
    elif kind == "sphereface":
        target = sphereface_psi(target, int(m) if m == m // 1 else m)
    elif kind != "softmax":
        raise ValueError(
            f"kind must be arcface, cosface, sphereface or softmax, got {kind!r}"
        )
    return s * cos.scatter(1, y[:, None], target)
    # --8<-- [end:logits]


def scale_lower_bound(C: int, P: float) -> float:
    """The least s that lets every sample reach probability P of its own class.

    Reached where C class weights form a simplex and samples sit on their weights
    (CosFace, arXiv:1801.09414, section on the lower bound of s).

    Args:
        C: number of classes, 2 or more.
        P: probability, in (0, 1).

    Returns:
        (C - 1) / C times ln((C - 1) P / (1 - P)).

    Raises:
        ValueError: C no integer >= 2, or P not in (0, 1).
    """
    C = _integer("C", C, 2)
    if not 0 < P < 1:
        raise ValueError(f"P must be in (0, 1), got {P}")
    return (C - 1) / C * math.log((C - 1) * P / (1 - P))


def _floating(cos: Tensor) -> Tensor:
    if not cos.is_floating_point():
        raise ValueError(f"cos must be floating point, got {cos.dtype}")
    return _widened(cos)
