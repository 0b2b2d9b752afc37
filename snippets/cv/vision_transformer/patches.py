"""An image as a row of patches: a reshape, a transpose, a reshape."""

import numpy as np

from ._checks import Pair, array, divides, integer, pair


# --8<-- [start:patchify]
def patchify(images: np.ndarray, p: int) -> np.ndarray:
    """Cut images into squares of p x p pixels, numbered row by row.

    Args:
        images: shape (n, c, h, w).
        p: side of a patch, in pixels; divides h and w.

    Returns:
        Shape (n, L, c * p * p) for L = h w / p², of the dtype of images; inside a patch
        the order is channel, row, column.

    Raises:
        ValueError: if an argument is not as above.
    """
    images, p = array("images", images, "(n, c, h, w)"), integer("p", p, 1)
    n, c, h, w = images.shape
    divides("p", p, (h, w))
    cut = images.reshape(n, c, h // p, p, w // p, p)
    cut = cut.transpose(0, 2, 4, 1, 3, 5)  # n, patch row, patch column, c, p, p
    return cut.reshape(n, h // p * (w // p), c * p * p)
    # --8<-- [end:patchify]


def unpatchify(tokens: np.ndarray, p: int, size: int | Pair) -> np.ndarray:
    """Put the patches of ``patchify`` back.

    Args:
        tokens: shape (n, L, c * p * p).
        p: side of a patch.
        size: (h, w) of the images.

    Returns:
        Shape (n, c, h, w), of the dtype of tokens.

    Raises:
        ValueError: if an argument is not as above.
    """
    tokens, p = array("tokens", tokens, "(n, L, c * p * p)"), integer("p", p, 1)
    h, w = pair("size", size)
    divides("p", p, (h, w))
    n, length, entries = tokens.shape
    rows, columns = h // p, w // p
    if length != rows * columns or entries % (p * p):
        raise ValueError(
            f"tokens must have shape (n, {rows * columns}, c * {p * p}),"
            f" got {tokens.shape}"
        )
    c = entries // (p * p)
    grid = tokens.reshape(n, rows, columns, c, p, p)
    return grid.transpose(0, 3, 1, 4, 2, 5).reshape(n, c, h, w)
