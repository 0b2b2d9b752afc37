"""Which detections of one class in one image are true positives: two rules, as loops.

Boxes are ``x0, y0, x1, y1`` with x to the right and y down. By default coordinates
are positions on a continuous axis, so a box is ``x1 - x0`` wide. With ``inclusive``
they are the first and last pixel, as in Pascal VOC, and it is ``x1 - x0 + 1`` wide.

References:
    Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 2010,
    doi:10.1007/s11263-009-0275-4; and ``VOCevaldet.m`` of its development kit.
    Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014,
    arXiv:1405.0312; and ``cocoeval.py`` of github.com/cocodataset/cocoapi.
"""

import numpy as np
from numpy.typing import ArrayLike

_SIDES = 1e-150, 1e150  # their squares neither vanish nor overflow


def _as_boxes(
    boxes: ArrayLike, name: str = "boxes", inclusive: bool = False
) -> np.ndarray:
    """Boxes as a float64 array of shape ``(N, 4)``, checked.

    Args:
        boxes: shape ``(N, 4)``; an empty list stands for no boxes.
        name: what the message calls them.
        inclusive: allow ``x1 == x0`` and ``y1 == y0``, a box one pixel wide or high.

    Raises:
        ValueError: if the shape is not ``(N, 4)``, a number is not finite, a box has
            no width or no height, or an area is no number that float64 can hold.
    """
    if not hasattr(boxes, "__len__"):
        raise ValueError(f"{name} must be a sequence, got {type(boxes).__name__}")
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0:
        array = array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name} must have shape (N, 4), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array.min()} to {array.max()}")
    sides = array[:, 2:] - array[:, :2]
    bad = np.flatnonzero((sides < 0 if inclusive else sides <= 0).any(axis=1))
    if bad.size:
        sign = ">=" if inclusive else ">"
        want = f"{name} must have x1 {sign} x0 and y1 {sign} y0"
        raise ValueError(f"{want}, got {array[bad[0]].tolist()} in row {bad[0]}")
    sides = sides[sides > 0]
    if sides.size and not _SIDES[0] <= sides.min() <= sides.max() <= _SIDES[1]:
        want = f"{name} must have sides from {_SIDES[0]} to {_SIDES[1]}"
        raise ValueError(f"{want}, got {sides.min()} to {sides.max()}")
    return array


# --8<-- [start:iou]
def _overlap(
    a: np.ndarray, b: np.ndarray, inclusive: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intersection area and both areas of boxes ``a`` and ``b``, which may broadcast.

    Args:
        a: shape ``(..., 4)``.
        b: shape ``(..., 4)``.
        inclusive: coordinates are first and last pixel, so each side is one longer.

    Returns:
        The intersection, of the shape that ``a[..., 0]`` and ``b[..., 0]`` broadcast
        to; then the area of ``a`` and the area of ``b``, of their own shapes.
    """
    one = 1.0 if inclusive else 0.0
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]) + one
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]) + one
    areas = [
        (c[..., 2] - c[..., 0] + one) * (c[..., 3] - c[..., 1] + one) for c in (a, b)
    ]
    # Both negative sides would multiply to a positive area: clip each, not the product.
    return np.maximum(width, 0) * np.maximum(height, 0), *areas


def iou_matrix(a: ArrayLike, b: ArrayLike, inclusive: bool = False) -> np.ndarray:
    """Intersection over union of each box of ``a`` with each box of ``b``.

    Args:
        a: shape ``(M, 4)``.
        b: shape ``(N, 4)``.
        inclusive: coordinates are first and last pixel, as in VOC.

    Returns:
        Shape ``(M, N)``, between 0 and 1.

    Raises:
        ValueError: as ``_as_boxes``.
    """
    a, b = _as_boxes(a, "a", inclusive), _as_boxes(b, "b", inclusive)
    both, area_a, area_b = _overlap(a[:, None], b[None, :], inclusive)
    return both / (area_a + area_b - both)
    # --8<-- [end:iou]


def _check_iou(iou: float) -> None:
    """Refuse a threshold outside (0, 1]."""
    if isinstance(iou, bool) or not 0 < iou <= 1:
        raise ValueError(f"iou must be above 0 and at most 1, got {iou!r}")


# --8<-- [start:voc]
def match_voc(
    dets: ArrayLike, gts: ArrayLike, iou: float = 0.5, inclusive: bool = False
) -> np.ndarray:
    """True positives by the VOC rule: a detection stands for its best object only.

    If another detection has that object already, this one is a duplicate, even where a
    second object would do. Of equal overlaps the first object counts.

    Args:
        dets: boxes, shape ``(D, 4)``, in order of falling score. That order cannot be
            checked here.
        gts: boxes of the objects, shape ``(G, 4)``.
        iou: least overlap of a match, in (0, 1].
        inclusive: coordinates are first and last pixel, as in the VOC data.

    Returns:
        Bool array, shape ``(D,)``.

    Raises:
        ValueError: for bad boxes or a bad threshold.
    """
    _check_iou(iou)
    overlaps = iou_matrix(dets, gts, inclusive)
    tp = np.zeros(len(overlaps), dtype=bool)
    if overlaps.shape[1] == 0:
        return tp
    taken: set[int] = set()
    for d, row in enumerate(overlaps):
        best = int(row.argmax())  # among all objects, taken or not
        if row[best] >= iou and best not in taken:
            taken.add(best)
            tp[d] = True
    return tp
    # --8<-- [end:voc]


# --8<-- [start:coco]
def match_coco(dets: ArrayLike, gts: ArrayLike, iou: float = 0.5) -> np.ndarray:
    """True positives by the COCO rule: a detection takes the best object still free.

    Of equal overlaps the last object counts.

    Args:
        dets: boxes, shape ``(D, 4)``, in order of falling score. That order cannot be
            checked here.
        gts: boxes of the objects, shape ``(G, 4)``.
        iou: least overlap of a match, in (0, 1].

    Returns:
        Bool array, shape ``(D,)``.

    Raises:
        ValueError: for bad boxes or a bad threshold.
    """
    _check_iou(iou)
    overlaps = iou_matrix(dets, gts)
    tp = np.zeros(len(overlaps), dtype=bool)
    if overlaps.shape[1] == 0:
        return tp
    free = np.ones(overlaps.shape[1], dtype=bool)
    for d, row in enumerate(overlaps):
        row = np.where(free, row, -1.0)
        best = len(row) - 1 - int(row[::-1].argmax())
        if row[best] >= min(iou, 1 - 1e-10):  # so that iou=1 bears rounding
            free[best] = False
            tp[d] = True
    return tp
    # --8<-- [end:coco]
