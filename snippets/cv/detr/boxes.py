"""Boxes as centre and size, boxes as corners, and how far two of them are apart.

Centre and size are (cx, cy, w, h), corners (x0, y0, x1, y1); GIoU alone takes corners.

Reference:
    Rezatofighi, Tsoi, Gwak, Sadeghian, Reid, Savarese, "Generalized Intersection over
    Union", CVPR 2019, arXiv:1902.09630.
"""

import torch
from torch import Tensor

from ._checks import _holds, _in_float32


# --8<-- [start:giou]
def box_cxcywh_to_xyxy(boxes: Tensor) -> Tensor:
    """Centre and size to corners (x0, y0, x1, y1); shape (..., 4) in and out."""
    _check_boxes(boxes, "boxes")
    centre, half = boxes[..., :2], boxes[..., 2:] / 2
    return torch.cat([centre - half, centre + half], dim=-1)


@_in_float32
def generalized_iou(a: Tensor, b: Tensor) -> Tensor:
    """GIoU of every pair of boxes, in [-1, 1]: shapes (M, 4) and (K, 4) to (M, K).

    Args:
        a, b: corners (x0, y0, x1, y1) with x0 <= x1 and y0 <= y1, in any one unit.
            A ratio 0 / 0, of two boxes without area, counts as 0.

    Returns:
        16-bit floats for 16-bit floats; the arithmetic is in float32 then.

    Raises:
        ValueError: if a shape is wrong, or a box is turned inside out or not finite.
    """
    for name, corners in (("a", a), ("b", b)):
        if corners.ndim != 2:
            raise ValueError(f"{name} must be (n, 4), got {tuple(corners.shape)}")
        _check_boxes(corners, name)
        if not _holds(corners[:, 2:] >= corners[:, :2]):
            raise ValueError(f"{name} must have x0 <= x1 and y0 <= y1, got {corners}")
    a_low, a_high = a[:, None].split(2, dim=-1)
    b_low, b_high = b[None].split(2, dim=-1)
    hull = torch.maximum(a_high, b_high) - torch.minimum(a_low, b_low)  # its sides
    sides = torch.minimum(a_high, b_high) - torch.maximum(a_low, b_low)
    # Areas as shares of the hull's: the squares themselves may overflow or vanish.
    unit = torch.where(hull > 0, hull, 1)
    shared = (sides.clamp(min=0) / unit).prod(-1)  # else minus times minus is plus
    union = ((a_high - a_low) / unit).prod(-1) + ((b_high - b_low) / unit).prod(-1)
    union = union - shared
    iou = shared / torch.where(union > 0, union, 1)
    return iou - torch.where((hull > 0).all(-1), 1 - union, 0)
    # --8<-- [end:giou]


def _check_boxes(boxes: Tensor, name: str) -> None:
    if boxes.shape[-1:] != (4,) or not boxes.is_floating_point():
        got = f"{tuple(boxes.shape)}, {boxes.dtype}"
        raise ValueError(f"{name} must be floating point, (..., 4); got {got}")
    if not _holds(boxes.isfinite()):
        raise ValueError(f"{name} must be finite, got {boxes}")
