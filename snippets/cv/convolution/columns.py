"""im2col lays the windows side by side; col2im, its transpose, adds them back.

A column is one window, its entries in the order channel, row, column; the columns are
in the order of the outputs, row by row. PyTorch calls the two unfold and fold.
"""

from collections.abc import Iterator

import numpy as np

from ._checks import Pair, array, images, pair, wide
from .sizes import output_size


def im2col(
    x: np.ndarray,
    kernel: int | Pair,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
) -> np.ndarray:
    """The windows of images, as the columns of a matrix for each image.

    Args:
        x: shape (N, C, H, W).
        kernel: taps along each axis.
        stride: inputs from one window to the next.
        padding: zeros added on each side.
        dilation: inputs from one tap to the next.

    Returns:
        Shape (N, C * kh * kw, L) for L windows, a copy, of the dtype of x.

    Raises:
        ValueError: if a shape or number is not as above, or no window fits.
    """
    x = images("x", x, "(N, C, H, W)")
    kernel, stride, padding, dilation = _pairs(kernel, stride, padding, dilation)
    ho, wo = _outputs(x.shape[2:], kernel, stride, padding, dilation)
    # --8<-- [start:im2col]
    (n, c), (kh, kw), (ph, pw) = x.shape[:2], kernel, padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.empty((n, c, kh, kw, ho, wo), x.dtype)
    for u, v, rows, columns in _taps(kernel, (ho, wo), stride, dilation):
        cols[:, :, u, v] = padded[:, :, rows, columns]  # what tap (u, v) reads
    return cols.reshape(n, c * kh * kw, ho * wo)
    # --8<-- [end:im2col]


def col2im(
    cols: np.ndarray,
    size: int | Pair,
    kernel: int | Pair,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
) -> np.ndarray:
    """Add each entry of the columns to the pixel that im2col would read it from.

    Args:
        cols: shape (N, C * kh * kw, L).
        size: height and width (H, W) of the images.
        kernel: as for ``im2col``, like the next three.
        stride: see there.
        padding: see there; what falls into it is dropped.
        dilation: see there.

    Returns:
        Shape (N, C, H, W), of the dtype of cols.

    Raises:
        ValueError: if a shape or number is not as above, or no window fits.
    """
    cols = array("cols", cols, "(N, C * kh * kw, L)")
    h, w = pair("size", size, 1)
    kernel, stride, padding, dilation = _pairs(kernel, stride, padding, dilation)
    ho, wo = _outputs((h, w), kernel, stride, padding, dilation)
    (kh, kw), (ph, pw) = kernel, padding
    n, entries, windows = cols.shape
    if entries == 0 or entries % (kh * kw) or windows != ho * wo:
        raise ValueError(
            f"cols must have shape (N, C * {kh * kw}, {ho * wo}), got {cols.shape}"
        )
    # --8<-- [start:col2im]
    c = entries // (kh * kw)
    wide_cols = wide(cols).reshape(n, c, kh, kw, ho, wo)
    padded = np.zeros((n, c, h + 2 * ph, w + 2 * pw), wide_cols.dtype)
    for u, v, rows, columns in _taps(kernel, (ho, wo), stride, dilation):
        padded[:, :, rows, columns] += wide_cols[:, :, u, v]
    return padded[:, :, ph : ph + h, pw : pw + w].astype(cols.dtype)
    # --8<-- [end:col2im]


# --8<-- [start:taps]
def _taps(
    kernel: Pair, outputs: Pair, stride: Pair, dilation: Pair
) -> Iterator[tuple[int, int, slice, slice]]:
    """Each tap (u, v), with the rows and columns that it reads of the padded image."""
    for u in range(kernel[0]):
        for v in range(kernel[1]):
            starts = u * dilation[0], v * dilation[1]
            rows, columns = (
                slice(start, start + (size - 1) * step + 1, step)
                for start, size, step in zip(starts, outputs, stride)
            )
            yield u, v, rows, columns
    # --8<-- [end:taps]


def _pairs(
    kernel: int | Pair, stride: int | Pair, padding: int | Pair, dilation: int | Pair
) -> tuple[Pair, Pair, Pair, Pair]:
    return (
        pair("kernel", kernel, 1),
        pair("stride", stride, 1),
        pair("padding", padding, 0),
        pair("dilation", dilation, 1),
    )


def _outputs(
    size: tuple[int, ...], kernel: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Pair:
    height, width = (
        output_size(*numbers)
        for numbers in zip(size, kernel, stride, padding, dilation)
    )
    return height, width
