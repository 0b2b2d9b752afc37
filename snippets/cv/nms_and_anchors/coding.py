"""A box as seen from an anchor: what the network is to predict."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _positive, _positives, _rows, _solid


# --8<-- [start:coding]
def encode(
    boxes: ArrayLike, anchors: ArrayLike, weights: Sequence[float] = (1, 1, 1, 1)
) -> np.ndarray:
    """Shift of the centre in anchor widths and heights, logarithm of the sizes' ratios.

    Args:
        boxes: shape (n, 4), each with a width and a height >= 1e-100.
        anchors: shape (n, 4), likewise.
        weights: factors of the four numbers.

    Returns:
        dx, dy, dw, dh: shape (n, 4).

    Raises:
        ValueError: if a width or a height is less, the shapes differ, or the weights
            are not four numbers in [1e-9, 1e9].
    """
    box, anchor = _solid("boxes", boxes), _solid("anchors", anchors)
    factor = _pairs(box, anchor, weights)
    (centre, size), (middle, side) = _centred(box), _centred(anchor)
    shift = (centre - middle) / side
    return factor * np.concatenate([shift, np.log(size) - np.log(side)], axis=1)


def decode(
    deltas: ArrayLike,
    anchors: ArrayLike,
    weights: Sequence[float] = (1, 1, 1, 1),
    limit: float = math.log(1000 / 16),
) -> np.ndarray:
    """Boxes from deltas: undoes ``encode`` where ``limit`` cuts nothing.

    Args:
        deltas: dx, dy, dw, dh, shape (n, 4).
        anchors: shape (n, 4), each with a width and a height >= 1e-100.
        weights: as given to ``encode``.
        limit: dw and dh (after division by the weights) are cut to this, at most 100:
            no side gets longer than e ** limit times that of its anchor.

    Returns:
        Boxes, shape (n, 4).

    Raises:
        ValueError: if a delta is NaN or beyond 1e100, a side of an anchor is less, the
            shapes differ, or a weight or the limit is out of range.
    """
    delta, anchor = _rows("deltas", deltas), _solid("anchors", anchors)
    delta = delta / _pairs(delta, anchor, weights)
    middle, side = _centred(anchor)
    centre = middle + delta[:, :2] * side
    half = np.exp(np.minimum(delta[:, 2:], _positive("limit", limit, 100))) * side / 2
    return np.concatenate([centre - half, centre + half], axis=1)
    # --8<-- [end:coding]


def _pairs(
    rows: np.ndarray, anchors: np.ndarray, weights: Sequence[float]
) -> np.ndarray:
    if rows.shape != anchors.shape:
        want = f"anchors must have the shape {rows.shape}, one a row"
        raise ValueError(f"{want}, got {anchors.shape}")
    return _positives("weights", weights, 4)


def _centred(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
