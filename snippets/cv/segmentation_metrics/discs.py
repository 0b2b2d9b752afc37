"""One pixel off the rim: what it costs a small object and what it costs a large one.

A disc of radius r is predicted with radius r - 1. About 2 pi r pixels are wrong, so
pixel accuracy falls as the object grows; of the object itself about the share
((r - 1) / r)**2 is found, so its IoU rises.
"""

import torch
from torch import Tensor

from ._checks import _integer
from .confusion import confusion_matrix


# --8<-- [start:disc]
def disc(radius: int, size: int = 256) -> Tensor:
    """A label map, int64, shape (size, size): 1 within ``radius`` of the middle.

    Args:
        radius: in pixels, at least 0; the rim is inside.
        size: pixels along each side; the middle is pixel ``size // 2``.

    Raises:
        ValueError: if a number is no integer, or the disc does not fit into the map.
    """
    radius, size = _integer("radius", radius, None), _integer("size", size, 1)
    if not 0 <= radius <= (size - 1) // 2:
        most = (size - 1) // 2
        raise ValueError(f"radius must be in [0, {most}], got {radius}")
    offset = torch.arange(size) - size // 2
    return (offset**2 + offset[:, None] ** 2 <= radius**2).long()


def shrunken_disc(radius: int, size: int = 256) -> Tensor:
    """Confusion matrix (2, 2) of a disc predicted with its radius one pixel short.

    Raises:
        ValueError: if the radius is no integer >= 1, or the disc does not fit into the
            map.
    """
    radius = _integer("radius", radius, 1)
    return confusion_matrix(disc(radius, size), disc(radius - 1, size), num_classes=2)
    # --8<-- [end:disc]
