"""From a ranked list of hits to one number: precision, recall and average precision.

All functions are about one class and one rule for what a hit is. Precision and recall
are taken after each detection of the list, from the highest score down. The averages
``ap_...`` take them as ``pr_curve`` returns them, each of shape ``(D,)``, and refuse
what ``interpolated_precision`` refuses.

References:
    Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 2010,
    doi:10.1007/s11263-009-0275-4 (11 points); development kit of VOC2010 (all points).
    ``cocoeval.py`` of github.com/cocodataset/cocoapi (101 points).
"""

import operator

import numpy as np
from numpy.typing import ArrayLike

# As pycocotools has them. Ten of them, such as 0.7, lie a rounding error above k / 100,
# so that a recall of exactly k / 100 does not reach its level.
COCO_RECALLS = np.linspace(0, 1, 101)


# --8<-- [start:curve]
def pr_curve(tp: ArrayLike, n_gt: int) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision of the first 1, 2, ... detections.

    Args:
        tp: booleans or 0 and 1, shape ``(D,)``: is a true positive, in order of falling
            score. A list in another order cannot be told from a right one.
        n_gt: objects to be found, >= 1; the missed ones appear nowhere else.

    Returns:
        ``(recall, precision)``, each of shape ``(D,)``.

    Raises:
        ValueError: if ``tp`` has other values or another shape, ``n_gt`` is not an
            integer >= 1, or there are more true positives than objects.
    """
    hit = np.asarray(tp)
    if hit.ndim != 1 or not (hit.dtype == bool or np.isin(hit, (0, 1)).all()):
        raise ValueError(f"tp must be booleans of shape (D,), got {tp!r}")
    n_gt = _at_least_1("n_gt", n_gt)
    found = np.cumsum(hit.astype(bool))
    if hit.size and found[-1] > n_gt:
        raise ValueError(f"tp must have at most n_gt = {n_gt} hits, got {found[-1]}")
    return found / n_gt, found / np.arange(1, len(hit) + 1)


def interpolated_precision(
    recall: ArrayLike, precision: ArrayLike, levels: ArrayLike
) -> np.ndarray:
    """The highest precision at a recall of ``levels`` or more; 0 where none is reached.

    Args:
        recall: shape ``(D,)``, from 0 to 1, not falling.
        precision: shape ``(D,)``, from 0 to 1.
        levels: recalls to look at, shape ``(R,)``.

    Returns:
        Shape ``(R,)``.

    Raises:
        ValueError: if the shapes differ, a number is out of range or NaN, or the recall
            falls.
    """
    recall, precision = _check_curve(recall, precision)
    levels = np.asarray(levels, dtype=np.float64)
    if np.isnan(levels).any():
        raise ValueError(f"levels must be numbers, got {levels.tolist()}")
    envelope = np.maximum.accumulate(precision[::-1])[::-1]  # maximum to the right
    return np.append(envelope, 0.0)[np.searchsorted(recall, levels)]
    # --8<-- [end:curve]


def _check_curve(
    recall: ArrayLike, precision: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    if not (np.ndim(recall) == 1 == np.ndim(precision)):
        want = "recall and precision must have the same shape (D,)"
        raise ValueError(f"{want}, got {np.shape(recall)} and {np.shape(precision)}")
    recall, precision = (np.asarray(x, dtype=np.float64) for x in (recall, precision))
    if recall.ndim != 1 or recall.shape != precision.shape:
        want = "recall and precision must have the same shape (D,)"
        raise ValueError(f"{want}, got {recall.shape} and {precision.shape}")
    if (recall[1:] < recall[:-1]).any():
        raise ValueError(f"recall must not fall, got {recall.tolist()}")
    for name, values in (("recall", recall), ("precision", precision)):
        if not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"{name} must be from 0 to 1, got {values.tolist()}")
    return recall, precision


def _at_least_1(name: str, value: int) -> int:
    """``value`` as an int; numpy's integers are integers, truth values are not."""
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if isinstance(value, bool) or number < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
    return number


# --8<-- [start:ap]
def ap_11(recall: ArrayLike, precision: ArrayLike) -> float:
    """VOC until 2009: mean of the interpolated precision at 0, 0.1, ..., 1."""
    # Rounded as a recall of k / 10 is, which np.arange(0, 1.1, 0.1) is not.
    levels = np.arange(11) / 10
    return float(interpolated_precision(recall, precision, levels).mean())


def ap_101(recall: ArrayLike, precision: ArrayLike) -> float:
    """COCO: mean of the interpolated precision at 0, 0.01, ..., 1."""
    return float(interpolated_precision(recall, precision, COCO_RECALLS).mean())


def ap_all_point(recall: ArrayLike, precision: ArrayLike) -> float:
    """VOC from 2010 on: area under the interpolated precision."""
    recall, precision = _check_curve(recall, precision)
    height = interpolated_precision(recall, precision, recall)
    return float(np.diff(recall, prepend=0.0) @ height)


def ap_trapezoid(recall: ArrayLike, precision: ArrayLike) -> float:
    """No benchmark's rule: area under the raw zigzag, from (0, 1). A warning only."""
    recall, precision = _check_curve(recall, precision)
    r, p = np.append(0.0, recall), np.append(1.0, precision)
    return float(np.diff(r) @ (p[1:] + p[:-1]) / 2)
    # --8<-- [end:ap]
