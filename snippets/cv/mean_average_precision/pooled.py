"""The VOC and the COCO matching for a whole data set, without a loop over images.

All boxes of all images lie in one table, detections in order of falling score. Only
boxes of one image and one class, a *group*, can match. The objects that are not counted
(VOC: difficult; COCO: crowd, or outside the area range) still absorb detections, which
then are neither true nor false.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .flat import Detections, Objects
from .matching import _check_iou, _overlap

_BLOCK = 1 << 17  # pairs whose overlap is computed together: they fit into the cache


class _Pairs(NamedTuple):
    """Detections and objects of one group that overlap enough, one row per pair."""

    det: np.ndarray  # (P,)
    gt: np.ndarray  # (P,)
    iou: np.ndarray  # (P,)


def _all_pairs(
    dets: Detections, gts: Objects
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Indices of every detection and object of one group, about _BLOCK at a time."""
    order = np.argsort(gts.group, kind="stable")
    ordered = gts.group[order]
    start = np.searchsorted(ordered, dets.group, side="left")
    count = np.searchsorted(ordered, dets.group, side="right") - start
    end = np.cumsum(count)
    total = int(end[-1]) if len(end) else 0
    cuts = np.searchsorted(end, np.arange(_BLOCK, total, _BLOCK))
    for block in np.split(np.arange(len(count)), np.unique(cuts)):
        det = np.repeat(block, count[block])
        first = np.cumsum(count[block]) - count[block]
        step = np.arange(len(det)) - np.repeat(first, count[block])
        yield det, order[start[det] + step]


def _overlapping_pairs(
    dets: Detections, gts: Objects, least: float, inclusive: bool, crowds: bool
) -> _Pairs:
    """Every detection and object of one group with an overlap of at least ``least``.

    Args:
        dets, gts: the tables.
        least: least overlap, above 0.
        inclusive: as in ``iou_matrix``.
        crowds: divide by the area of the detection alone where the object is a crowd:
            a detection inside a crowd then overlaps it fully.
    """
    found = []
    for det, gt in _all_pairs(dets, gts):
        both, area, other = _overlap(dets.boxes[det], gts.boxes[gt], inclusive)
        union = area + other - both
        iou = both / (np.where(gts.crowd[gt], area, union) if crowds else union)
        near = iou >= least
        found.append((det[near], gt[near], iou[near]))
    return _Pairs(*(np.concatenate(column) for column in zip(*found)))


# --8<-- [start:voc]
def match_all_voc(
    dets: Detections, gts: Objects, iou: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """VOC: each detection stands for its best object; the first of them gets it.

    Nothing depends on what is taken, so there is no loop. Boxes are read as first and
    last pixel.

    Returns:
        Two bool arrays of shape ``(D,)``: is a true positive; is not counted.

    Raises:
        ValueError: for a threshold outside (0, 1].
    """
    _check_iou(iou)
    pairs = _overlapping_pairs(dets, gts, iou, inclusive=True, crowds=False)
    # The best object of each detection, of equals the first, is first in this order.
    order = np.lexsort((pairs.gt, -pairs.iou, pairs.det))
    det, first = np.unique(pairs.det[order], return_index=True)
    best = pairs.gt[order][first]
    ignored = np.zeros(len(dets.boxes), dtype=bool)
    ignored[det[gts.difficult[best]]] = True
    det, best = det[~gts.difficult[best]], best[~gts.difficult[best]]
    tp = np.zeros(len(dets.boxes), dtype=bool)
    tp[det[np.unique(best, return_index=True)[1]]] = True  # det rises: score falls
    return tp, ignored
    # --8<-- [end:voc]


# --8<-- [start:coco]
def match_all_coco(
    dets: Detections, gts: Objects, ious: np.ndarray, counted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """COCO: groups do not meet, so round r settles the r-th detection of every group.

    Args:
        dets, gts: the tables.
        ious: thresholds, shape ``(T,)``.
        counted: bool, shape ``(G, A)``: the object counts in that area range.

    Returns:
        Two bool arrays of shape ``(D, A, T)``: has got an object; that object does not
        count.

    Raises:
        ValueError: for a threshold outside (0, 1], or ``counted`` of another shape.
    """
    ious = np.asarray(ious, dtype=np.float64)
    if ious.ndim != 1 or not ious.size or not ((ious > 0) & (ious <= 1)).all():
        raise ValueError(f"ious must be in (0, 1], shape (T,), got {ious.tolist()}")
    if counted.dtype != bool or counted.ndim != 2 or len(counted) != len(gts.boxes):
        want = f"counted must be bool, ({len(gts.boxes)}, A)"
        raise ValueError(f"{want}, got {counted.dtype}, {counted.shape}")
    ious = np.minimum(ious, 1 - 1e-10)  # so that a threshold of 1 bears rounding
    pairs = _overlapping_pairs(dets, gts, ious.min(), inclusive=False, crowds=True)
    # Within a detection the better pair comes later, of equals the later object.
    order = np.lexsort((pairs.gt, pairs.iou, pairs.det, dets.rank[pairs.det]))
    det, gt, iou = (column[order] for column in pairs)
    ends = np.flatnonzero(np.diff(dets.rank[det])) + 1
    shape = (counted.shape[1], len(ious))
    free = np.ones((len(gts.boxes), *shape), dtype=bool)
    matched, ignored = np.zeros((2, len(dets.boxes), *shape), dtype=bool)
    for d, g, overlaps in zip(*(np.split(x, ends) for x in (det, gt, iou))):
        if len(d) == 0:
            continue
        usable = free[g] & (overlaps[:, None, None] >= ious)
        # A key that prefers objects that count, and then the later, better pair.
        place = np.arange(len(d))[:, None] + len(d) * counted[g]
        key = np.where(usable, place[:, :, None], -1)
        starts = np.flatnonzero(np.diff(d, prepend=-1))
        best = np.maximum.reduceat(key, starts)  # (detections, A, T)
        row, area, level = np.nonzero(best >= 0)
        winner = g[best[row, area, level] % len(d)]
        matched[d[starts[row]], area, level] = True
        ignored[d[starts[row]], area, level] = ~counted[winner, area]
        free[winner, area, level] = gts.crowd[winner]  # a crowd is never used up
    return matched, ignored
    # --8<-- [end:coco]
