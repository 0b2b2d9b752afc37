"""One object, many boxes: keep the best of them, or lower the scores of the others."""

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _boxes, _labels, _number, _positive, _scores, _share
from .overlap import _overlap


# --8<-- [start:nms]
def nms(boxes: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> np.ndarray:
    """Take the best box, drop all that overlap it by more than the threshold, repeat.

    Args:
        boxes: shape (n, 4).
        scores: shape (n,); of equal ones the lower index comes first.
        threshold: largest IoU with a kept box that is borne.

    Returns:
        Indices of the kept boxes, by falling score.

    Raises:
        ValueError: if a box is none, a score NaN, the lengths differ, or the threshold
            is not in [0, 1].
    """
    boxes = _boxes("boxes", boxes)
    scores, threshold = _scores(scores, len(boxes)), _share("threshold", threshold)
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while len(waiting):
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        iou = _overlap(boxes[[best]], boxes[rest])[0]
        waiting = rest[iou <= threshold]
    return np.array(kept, np.intp)
    # --8<-- [end:nms]


# --8<-- [start:batched]
def batched_nms(
    boxes: ArrayLike, scores: ArrayLike, labels: ArrayLike, threshold: float = 0.5
) -> np.ndarray:
    """NMS within each label: a box suppresses only boxes of its own.

    Args:
        boxes: shape (n, 4).
        scores: shape (n,).
        labels: integers, shape (n,).
        threshold: as for ``nms``.

    Returns:
        Indices of the kept boxes of all labels, by falling score.

    Raises:
        ValueError: as ``nms``, or if the labels are not n integers.
    """
    boxes = _boxes("boxes", boxes)
    scores, threshold = _scores(scores, len(boxes)), _share("threshold", threshold)
    labels = _labels(labels, len(boxes))
    keep = np.zeros(len(boxes), bool)
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        keep[mine[nms(boxes[mine], scores[mine], threshold)]] = True
    order = np.argsort(-scores, kind="stable")
    return order[keep[order]]
    # --8<-- [end:batched]


# --8<-- [start:soft]
def soft_nms(
    boxes: ArrayLike,
    scores: ArrayLike,
    method: str = "gaussian",
    sigma: float = 0.5,
    threshold: float = 0.3,
    floor: float = 0.001,
) -> tuple[np.ndarray, np.ndarray]:
    """Take the best box, lower the scores of those that overlap it, repeat.

    Args:
        boxes: shape (n, 4).
        scores: >= 0, shape (n,); of equal ones the lower index comes first.
        method: "gaussian" multiplies by exp(-IoU ** 2 / sigma), "linear" by 1 - IoU,
            the latter only where the IoU is above the threshold.
        sigma: width of the Gaussian, in [1e-100, 1e100].
        threshold: of "linear".
        floor: what scores less than this at its turn, and all after it, is dropped;
            >= 0.

    Returns:
        Indices in the order in which they were taken, and their scores then.

    Raises:
        ValueError: if a box is none, a score negative or not finite, the lengths
            differ, the method is unknown, sigma or floor is out of range, or the
            threshold not in [0, 1].
    """
    boxes = _boxes("boxes", boxes)
    scores = _scores(scores, len(boxes), negative=False)
    if not isinstance(method, str) or method not in ("gaussian", "linear"):
        raise ValueError(f"method must be gaussian or linear, got {method!r}")
    sigma, threshold = _positive("sigma", sigma), _share("threshold", threshold)
    least = _number("floor", floor, "a number >= 0")
    if not least >= 0:
        raise ValueError(f"floor must be a number >= 0, got {floor!r}")
    waiting = np.arange(len(boxes))
    kept, worth = [], []
    while len(waiting):
        place = scores[waiting].argmax()
        best = waiting[place]
        if scores[best] < least:
            break
        kept.append(best)
        worth.append(scores[best])
        waiting = np.delete(waiting, place)
        iou = _overlap(boxes[[best]], boxes[waiting])[0]
        if method == "gaussian":
            scores[waiting] *= np.exp(-(iou**2) / sigma)
        else:
            scores[waiting] *= np.where(iou > threshold, 1 - iou, 1)
    return np.array(kept, np.intp), np.array(worth)
    # --8<-- [end:soft]
