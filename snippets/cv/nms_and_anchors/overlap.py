"""How much two boxes overlap: IoU, and three that also see boxes apart."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _boxes

KINDS = ("iou", "giou", "diou", "ciou")


# --8<-- [start:iou]
def box_iou(a: ArrayLike, b: ArrayLike, kind: str = "iou") -> np.ndarray:
    """Overlap of each box of ``a`` with each box of ``b``; 1 for equal boxes with area.

    An area below 1e-307 may round to 0.

    Args:
        a: boxes x1, y1, x2, y2, shape (m, 4).
        b: boxes, shape (k, 4).
        kind: "iou"; "giou" subtracts the empty share of the hull; "diou" the squared
            distance of the centres over the squared diagonal of the hull; "ciou"
            also a term for the shapes. 0/0 counts as 0.

    Returns:
        float64 of shape (m, k).

    Raises:
        ValueError: if a box has x2 < x1 or y2 < y1, NaN or a coordinate beyond 1e100,
            a shape is another, or the kind unknown.
    """
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    return _overlap(_boxes("a", a), _boxes("b", b), kind)


def _overlap(a: np.ndarray, b: np.ndarray, kind: str = "iou") -> np.ndarray:
    a = a[:, None]  # (m, 1, 4) beside (k, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    sides = np.maximum(sides, 0)  # each for itself: two negatives have a product > 0
    shared = sides[..., 0] * sides[..., 1]
    union = _area(a) + _area(b) - shared
    iou = _ratio(shared, union)
    if kind == "iou":
        return iou
    hull = np.maximum(a[..., 2:], b[..., 2:]) - np.minimum(a[..., :2], b[..., :2])
    if kind == "giou":
        whole = hull[..., 0] * hull[..., 1]
        return iou - _ratio(whole - union, whole)
    apart = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    diou = iou - _ratio((apart**2).sum(-1), (hull**2).sum(-1))
    if kind == "diou":
        return diou
    v = 4 / math.pi**2 * (_angle(a) - _angle(b)) ** 2
    return diou - _ratio(v, 1 - iou + v) * v
    # --8<-- [end:iou]


def _area(boxes: np.ndarray) -> Any:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _angle(boxes: np.ndarray) -> Any:
    """arctan of w / h, also where h is 0."""
    return np.arctan2(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros(below.shape), where=below > 0)
