"""Boxes laid over the image beforehand, and which of them answers for which object."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _boxes, _grid, _positive, _positives, _share
from .overlap import _overlap

BACKGROUND, IGNORED = -1, -2


# --8<-- [start:anchors]
def make_anchors(
    grid: tuple[int, int],
    stride: float,
    sizes: Sequence[float] = (128, 256, 512),
    ratios: Sequence[float] = (0.5, 1, 2),
) -> np.ndarray:
    """Boxes of each size and ratio around the centre of each cell.

    Args:
        grid: rows and columns of the feature map.
        stride: pixels from one cell to the next; the first centre is at half of it.
        sizes: square roots of the areas, in pixels.
        ratios: height / width.

    Returns:
        Shape (rows * columns * sizes * ratios, 4), in the order row, column, size,
        ratio; what juts out of the image is not cut.

    Raises:
        ValueError: if the grid is not two integers >= 0, the stride not in
            [1e-100, 1e9], or a size or ratio not in [1e-9, 1e9].
    """
    rows, columns = _grid(grid)
    stride = _positive("stride", stride, 1e9)
    size, ratio = _positives("sizes", sizes), _positives("ratios", ratios)
    width = (size[:, None] / np.sqrt(ratio)).ravel()
    height = (size[:, None] * np.sqrt(ratio)).ravel()
    corner = np.stack([width, height], axis=1) / 2  # half a box, (sizes * ratios, 2)
    y, x = np.indices((rows, columns)).reshape(2, -1)
    centre = (np.stack([x, y], axis=1)[:, None] + 0.5) * stride  # (cells, 1, 2)
    return np.concatenate([centre - corner, centre + corner], axis=-1).reshape(-1, 4)
    # --8<-- [end:anchors]


# --8<-- [start:match]
def match(
    anchors: ArrayLike,
    truth: ArrayLike,
    high: float = 0.7,
    low: float = 0.3,
    force: bool = True,
) -> np.ndarray:
    """For each anchor the object that it answers for, by IoU.

    Args:
        anchors: boxes, shape (n, 4).
        truth: boxes of the objects, shape (k, 4).
        high: an anchor answers for the object that it overlaps most (of equals the
            first), if their IoU is at least this.
        low: if all its IoUs are below this, it is background.
        force: each object also claims the anchors that overlap it most, all that tie,
            if that IoU is above 0; where two claim one anchor, the later has it.

    Returns:
        Integers of shape (n,): an index of ``truth``, -1 background, -2 ignored.

    Raises:
        ValueError: if a box is none, high or low not in [0, 1], low > high, or force
            not a bool.
    """
    anchors, truth = _boxes("anchors", anchors), _boxes("truth", truth)
    high, low = _share("high", high), _share("low", low)
    if low > high:
        raise ValueError(f"low must be at most high = {high}, got {low}")
    if not isinstance(force, bool | np.bool_):
        raise ValueError(f"force must be a bool, got {force!r}")
    if not len(truth):
        return np.full(len(anchors), BACKGROUND, np.intp)
    iou = _overlap(anchors, truth)
    found, best = iou.argmax(axis=1), iou.max(axis=1)
    found[best < high] = IGNORED
    found[best < low] = BACKGROUND
    if force and len(anchors):
        for k, column in enumerate(iou.T):
            found[(column == column.max()) & (column > 0)] = k
    return found
    # --8<-- [end:match]
