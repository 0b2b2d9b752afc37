"""From detections and objects to one number, as VOC and as COCO count.

Average precision is taken for each class over all images, then averaged over the
classes; COCO also averages over ten overlaps and reports sizes apart.

References:
    Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 2010,
    doi:10.1007/s11263-009-0275-4.
    Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014,
    arXiv:1405.0312; and ``cocoeval.py`` of github.com/cocodataset/cocoapi.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .curve import ap_11, ap_101, ap_all_point, pr_curve
from .flat import Detections, Objects, tables
from .pooled import match_all_coco, match_all_voc

COCO_IOUS = np.linspace(0.5, 0.95, 10)  # with the rounding that pycocotools has
# Least and greatest area, both included, in square pixels.
COCO_AREAS = {
    "all": (0, 1e5**2),
    "small": (0, 32**2),
    "medium": (32**2, 96**2),
    "large": (96**2, 1e5**2),
}
COCO_MAX_DETS = (1, 10, 100)  # per image and class


# --8<-- [start:evaluate]
def evaluate(
    detections: Sequence[Mapping[str, ArrayLike]],
    ground_truths: Sequence[Mapping[str, ArrayLike]],
    style: str = "coco",
) -> dict[str, Any]:
    """Average precision of detections on a data set, with one mapping per image.

    Args:
        detections: ``boxes`` of shape ``(D, 4)``, ``scores`` and integer ``labels`` of
            shape ``(D,)``, in any order.
        ground_truths: ``boxes`` of shape ``(G, 4)``, integer ``labels`` of shape
            ``(G,)``, and, if wanted, ``area`` (default: of the box), ``crowd`` (bool,
            used by COCO), ``difficult`` (bool, used by VOC), each of shape ``(G,)``.
            The image of ``detections[i]`` is that of ``ground_truths[i]``.
        style: "voc07" (11 points) and "voc10" (all points) read the boxes as first and
            last pixel and match at 0.5; "coco" reads them as positions.

    Returns:
        VOC: ``mAP`` and ``per_class``, the AP of each label. COCO: the twelve numbers
        AP, AP50, AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, ARl, and
        ``per_class``. Labels without an object to find are left out of every mean; a
        mean of nothing is -1, as in pycocotools.

    Raises:
        ValueError: if the style is unknown, the numbers of images differ, a mapping has
            unknown or missing keys, the lengths of its arrays differ, labels are no
            integers, a box is empty, or a score or an area is not finite.
    """
    if style not in ("voc07", "voc10", "coco"):
        raise ValueError(f"style must be 'voc07', 'voc10' or 'coco', got {style!r}")
    dets, gts, labels = tables(detections, ground_truths, inclusive=style != "coco")
    if style == "coco":
        return _evaluate_coco(dets, gts, labels)
    tp, ignored = match_all_voc(dets, gts)
    average = ap_11 if style == "voc07" else ap_all_point
    per_class = {}
    for k, label in enumerate(labels):
        n_gt = np.count_nonzero((gts.label == k) & ~gts.difficult)
        if n_gt:
            hits = tp[(dets.label == k) & ~ignored]
            per_class[label] = average(*pr_curve(hits, n_gt))
    return {"mAP": _mean(np.array([*per_class.values()])), "per_class": per_class}
    # --8<-- [end:evaluate]


# --8<-- [start:evaluate_coco]
def _evaluate_coco(dets: Detections, gts: Objects, labels: list[int]) -> dict[str, Any]:
    kept = dets.rank < COCO_MAX_DETS[-1]
    dets = Detections(*(column[kept] for column in dets))
    low, high = np.array([*COCO_AREAS.values()]).T
    area = np.prod(dets.boxes[:, 2:] - dets.boxes[:, :2], axis=1)[:, None]
    counted = (gts.area[:, None] >= low) & (gts.area[:, None] <= high)
    counted &= ~gts.crowd[:, None]
    matched, ignored = match_all_coco(dets, gts, COCO_IOUS, counted)
    # A detection outside the range that took nothing is not wrong there.
    ignored |= ~matched & ((area < low) | (area > high))[:, :, None]
    tp = matched & ~ignored
    shape = (len(labels), len(COCO_AREAS), len(COCO_MAX_DETS), len(COCO_IOUS))
    ar = np.full(shape, np.nan)  # stays nan where there is nothing to find
    ap = ar[:, :, 0].copy()
    for k in range(len(labels)):
        mine = np.flatnonzero(dets.label == k)
        n_gt = counted[gts.label == k].sum(axis=0)
        for a in np.flatnonzero(n_gt):
            for m, most in enumerate(COCO_MAX_DETS):
                ar[k, a, m] = tp[mine[dets.rank[mine] < most], a].sum(axis=0) / n_gt[a]
            for t in range(len(COCO_IOUS)):
                hits = tp[mine, a, t][~ignored[mine, a, t]]
                ap[k, a, t] = ap_101(*pr_curve(hits, n_gt[a]))
    parts = {"AP": ap[:, 0], "AP50": ap[:, 0, 0], "AP75": ap[:, 0, 5]}
    parts |= {f"AP{x[0]}": ap[:, a] for a, x in enumerate(COCO_AREAS) if a}
    parts |= {f"AR{most}": ar[:, 0, m] for m, most in enumerate(COCO_MAX_DETS)}
    parts |= {f"AR{x[0]}": ar[:, a, -1] for a, x in enumerate(COCO_AREAS) if a}
    summary: dict[str, Any] = {name: _mean(part) for name, part in parts.items()}
    there = {x: ap[k, 0] for k, x in enumerate(labels) if ap[k, 0, 0] >= 0}
    summary["per_class"] = {label: _mean(part) for label, part in there.items()}
    return summary
    # --8<-- [end:evaluate_coco]


def _mean(values: np.ndarray) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else -1.0
