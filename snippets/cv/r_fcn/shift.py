"""A detector's dilemma in numbers: score a box that slides off its object.

The object is a square of k x k parts. A perfect position-sensitive network marks part
(i, j) in map (i, j); a perfect network with one map marks the whole object there.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ._checks import integer
from .pooling import psroi_pool, roi_avg_pool, vote


# --8<-- [start:shift]
def part_maps(k: int, part: int, margin: int) -> Tensor:
    """Perfect score maps for an object of k x k parts of ``part`` pixels each.

    Returns:
        Shape (1, k * k, S, S) in float64, S = k * part + 2 * margin. Map (i, j) is 1
        on part (i, j) and 0 elsewhere; the object starts at (margin, margin).

    Raises:
        ValueError: unless k and part are integers >= 1, and margin is one >= 0.
    """
    k, part, margin = (
        integer("k", k),
        integer("part", part),
        integer("margin", margin, 0),
    )
    size = k * part + 2 * margin
    maps = torch.zeros(1, k, k, size, size, dtype=torch.float64)
    for i in range(k):
        for j in range(k):
            y, x = margin + i * part, margin + j * part
            maps[0, i, j, y : y + part, x : x + part] = 1
    return maps.reshape(1, k * k, size, size)


class Shifted(NamedTuple):
    """What a box scores when moved to the right, each of shape (shifts,)."""

    iou: Tensor
    sensitive: Tensor  # psroi_pool and vote on the k * k maps
    plain: Tensor  # roi_avg_pool and vote on their sum, one map


def shifted_scores(shifts: int, k: int = 3, part: int = 3) -> Shifted:
    """Scores of the object's box moved right by 0, 1, ..., shifts - 1 pixels.

    Raises:
        ValueError: unless shifts, k and part are integers >= 1.
    """
    shifts, k, part = integer("shifts", shifts), integer("k", k), integer("part", part)
    maps = part_maps(k, part, margin=shifts)
    side, d = k * part, torch.arange(shifts, dtype=torch.float64)
    zero, start = torch.zeros_like(d), torch.full_like(d, shifts)
    rois = torch.stack([zero, start + d, start, start + d + side, start + side], dim=1)
    overlap = (side - d).clamp(min=0)
    return Shifted(
        iou=overlap / (2 * side - overlap),
        sensitive=vote(psroi_pool(maps, rois, k))[:, 0],
        plain=vote(roi_avg_pool(maps.sum(1, keepdim=True), rois, k))[:, 0],
    )
    # --8<-- [end:shift]
