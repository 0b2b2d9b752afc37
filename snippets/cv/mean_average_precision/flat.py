"""The detections and the objects of all images as two tables, checked on the way in.

A row is a box. Boxes of one image and one class are a *group*: only they can match.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .matching import _as_boxes

Images = Sequence[Mapping[str, ArrayLike]]


class Detections(NamedTuple):
    """Detections of all images, in order of falling score; equal scores keep theirs."""

    boxes: np.ndarray  # (D, 4)
    label: np.ndarray  # (D,), an index into the sorted labels
    group: np.ndarray  # (D,), one number per image and label
    rank: np.ndarray  # (D,), 0 for the highest score of the group


class Objects(NamedTuple):
    """Annotated objects of all images, in the order of the images."""

    boxes: np.ndarray  # (G, 4)
    label: np.ndarray  # (G,)
    group: np.ndarray  # (G,)
    area: np.ndarray  # (G,), which for COCO is the area of the mask, not of the box
    crowd: np.ndarray  # (G,), bool: one box around many objects
    difficult: np.ndarray  # (G,), bool: left out of the count by VOC


def _rank_within(group: np.ndarray) -> np.ndarray:
    """How many earlier entries are of the same group, for each entry."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return rank


def tables(
    detections: Images, ground_truths: Images, inclusive: bool = False
) -> tuple[Detections, Objects, list[int]]:
    """All images in two tables, and the sorted labels that they have.

    Args:
        detections, ground_truths: one mapping per image, as for ``evaluate``.
        inclusive: coordinates are first and last pixel.

    Raises:
        ValueError: as ``evaluate``.
    """
    for name, images in (("detections", detections), ("ground_truths", ground_truths)):
        if not isinstance(images, Sequence):
            got = type(images).__name__
            raise ValueError(f"{name} must be a sequence of images, got {got}")
    if len(detections) != len(ground_truths):
        want = "detections and ground_truths must have as many images"
        raise ValueError(f"{want}, got {len(detections)} and {len(ground_truths)}")
    boxes, image, label, score = _pool(
        detections, "detections", ["scores"], [], inclusive
    )
    extra = ["area", "crowd", "difficult"]
    gt_boxes, gt_image, gt_label, area, crowd, difficult = _pool(
        ground_truths, "ground_truths", [], extra, inclusive
    )
    side = gt_boxes[:, 2:] - gt_boxes[:, :2]
    area = np.where(np.isnan(area), side[:, 0] * side[:, 1], area)
    labels, code = np.unique(np.append(label, gt_label), return_inverse=True)
    group = np.append(image, gt_image) * len(labels) + code
    n = len(boxes)
    order = np.argsort(-score, kind="stable")  # as pycocotools: ties stay in place
    dets = Detections(
        boxes[order], code[:n][order], group[:n][order], _rank_within(group[:n][order])
    )
    flags = (np.nan_to_num(flag).astype(bool) for flag in (crowd, difficult))
    return dets, Objects(gt_boxes, code[n:], group[n:], area, *flags), labels.tolist()


def _pool(
    images: Images, name: str, needed: list[str], extra: list[str], inclusive: bool
) -> tuple[np.ndarray, ...]:
    """Boxes, image numbers, labels, then the columns asked for; nan where not given."""
    keys = ["boxes", "labels", *needed]
    boxes, labels = [np.empty((0, 4))], [np.empty(0, dtype=np.int64)]
    columns = [[np.empty(0)] for _ in [*needed, *extra]]
    for i, image in enumerate(images):
        where = f"{name}[{i}]"
        if not set(keys) <= set(image) <= {*keys, *extra}:
            want = f"{where} must have the keys {keys}"
            want += f" and may have {extra}" if extra else ""
            raise ValueError(f"{want}, got {sorted(image)}")
        boxes.append(_as_boxes(image["boxes"], f"{where} boxes", inclusive))
        n = len(boxes[-1])
        label = np.asarray(image["labels"])
        if label.shape != (n,) or (n and label.dtype.kind not in "iu"):
            want = f"{where} labels must be integers of shape ({n},)"
            raise ValueError(f"{want}, got {label.dtype} {label.shape}")
        labels.append(label.astype(np.int64))
        for key, column in zip([*needed, *extra], columns):
            value = np.full(n, np.nan)
            if key in image:
                value = np.asarray(image[key], dtype=np.float64)
                if value.shape != (n,):
                    want = f"{where} {key} must have shape ({n},)"
                    raise ValueError(f"{want}, got {value.shape}")
                if not np.isfinite(value).all():
                    raise ValueError(
                        f"{where} {key} must be finite, got {value.tolist()}"
                    )
            column.append(value)
    number = np.repeat(np.arange(len(images)), [len(b) for b in boxes[1:]])
    return (
        np.concatenate(boxes),
        number,
        *(np.concatenate(c) for c in (labels, *columns)),
    )
