"""The middle of a map, and a large image predicted tile by tile."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from ._checks import array, integer, picture


def center_crop(x: ndarray, size: int | tuple[int, int]) -> ndarray:
    """A copy of the middle of the last two axes.

    Args:
        x: shape (..., h, w).
        size: height and width that are kept; one integer for both.

    Raises:
        ValueError: if x has fewer than two axes, or size is no integer >= 1, larger
            than x, or apart from it by an odd number.
    """
    x = array("x", x)
    if x.ndim < 2:
        raise ValueError(f"x must have shape (..., h, w), got {x.shape}")
    sizes = size if isinstance(size, tuple | list) else (size, size)
    if len(sizes) != 2:
        raise ValueError(f"size must be (height, width), got {size!r}")
    cut = []
    for have, kept in zip(x.shape[-2:], sizes, strict=True):
        rest = have - integer("size", kept, 1)
        if rest < 0 or rest % 2:
            raise ValueError(
                f"size must be at most {have} and differ by an even number, got {kept}"
            )
        cut.append(slice(rest // 2, have - rest // 2))
    return x[..., cut[0], cut[1]].copy()


# --8<-- [start:tiles]
def tile_predict(
    image: ndarray, f: Callable[[ndarray], ndarray], tile: int, margin: int
) -> ndarray:
    """Predictions of shape (h, w), tile by tile.

    Args:
        image: shape (h, w), finite.
        f: maps (tile + 2 margin, tile + 2 margin) to (tile, tile).
        tile: pixels along a side of a tile.
        margin: pixels around it that f sees too; mirrored outside of the image. Behind
            that stand zeros, if no tile ends with the image: see to it that outputs
            that are kept do not depend on them (sides a multiple of 2^depth).

    Raises:
        ValueError: if an argument is not as above, a side of the image not larger than
            the margin, or a result of f of another shape.
    """
    x = picture("image", image)
    tile, margin = integer("tile", tile, 1), integer("margin", margin, 0)
    if min(x.shape) <= margin:
        raise ValueError(f"image must be larger than margin {margin}, got {x.shape}")
    rows, columns = (-(-side // tile) * tile for side in x.shape)
    seen = np.pad(x, margin, mode="reflect")
    fill = (0, rows - x.shape[0]), (0, columns - x.shape[1])  # for the last tiles
    seen = np.pad(seen, fill)
    result = np.empty((rows, columns))
    for i in range(0, rows, tile):
        for j in range(0, columns, tile):
            patch = seen[i : i + tile + 2 * margin, j : j + tile + 2 * margin]
            given = array("f(patch)", f(patch.copy()))
            if given.shape != (tile, tile):
                raise ValueError(f"f must give {(tile, tile)}, got {given.shape}")
            result[i : i + tile, j : j + tile] = given
    return result[: x.shape[0], : x.shape[1]].copy()
    # --8<-- [end:tiles]
