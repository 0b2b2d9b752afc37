"""A convolution layer: one matrix product forwards, two backwards."""

import numpy as np

from ._checks import Pair, array, images, integer, pair, same_dtype, wide
from .columns import col2im, im2col
from .sizes import output_size


def conv2d(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide the kernels over the images; the kernels are not flipped.

    Args:
        x: shape (N, Ci, H, W).
        w: shape (Co, Ci / groups, kh, kw), of the dtype of x.
        bias: shape (Co,), of the dtype of x.
        stride: inputs from one window to the next.
        padding: zeros added on each side.
        dilation: inputs from one tap to the next.
        groups: parts into which the channels are split; part g of the outputs reads
            part g of the inputs alone.

    Returns:
        Shape (N, Co, Ho, Wo), of the dtype of x.

    Raises:
        ValueError: if shapes, dtypes or numbers are not as above, or no window fits.
    """
    x, w, groups = _layer(x, w, groups)
    if bias is not None:
        bias = array("bias", bias, "(Co,)")
        if len(bias) != len(w):
            raise ValueError(f"bias must have shape ({len(w)},), got {bias.shape}")
        same_dtype(x=x, bias=bias)
    outputs = _outputs(x, w, stride, padding, dilation)
    # --8<-- [start:forward]
    cols = im2col(wide(x), w.shape[2:], stride, padding, dilation)
    n, entries, windows = cols.shape
    # The channels of a group are neighbours, so that groups need a reshape, no copy.
    cols = cols.reshape(n, groups, entries // groups, windows)
    weight = wide(w).reshape(groups, len(w) // groups, entries // groups)
    y = (weight @ cols).reshape(n, len(w), *outputs)
    if bias is not None:
        y += wide(bias)[:, None, None]
    # --8<-- [end:forward]
    return y.astype(x.dtype, copy=False)


def conv2d_backward(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a loss, from its gradient by the output of ``conv2d``.

    Args:
        dy: shape (N, Co, Ho, Wo), of the dtype of x.
        x: as in the call of ``conv2d``, like the rest.
        w: see there.
        stride: see there.
        padding: see there.
        dilation: see there.
        groups: see there.

    Returns:
        dx, dw and db: by the input, by the kernels, and by the bias, shape (Co,).

    Raises:
        ValueError: if shapes, dtypes or numbers are not as above, or no window fits.
    """
    x, w, groups = _layer(x, w, groups)
    dy = array("dy", dy, "(N, Co, Ho, Wo)")
    wanted = (len(x), len(w), *_outputs(x, w, stride, padding, dilation))
    if dy.shape != wanted:
        raise ValueError(f"dy must have shape {wanted}, got {dy.shape}")
    dtype = same_dtype(x=x, dy=dy)
    # --8<-- [start:backward]
    cols = im2col(wide(x), w.shape[2:], stride, padding, dilation)
    n, entries, windows = cols.shape
    cols = cols.reshape(n, groups, entries // groups, windows)
    weight = wide(w).reshape(groups, len(w) // groups, entries // groups)
    d_out = wide(dy).reshape(n, groups, len(w) // groups, windows)
    dw = (d_out @ cols.swapaxes(2, 3)).sum(axis=0)  # @ sums over windows
    d_cols = (weight.swapaxes(1, 2) @ d_out).reshape(n, entries, windows)
    dx = col2im(d_cols, x.shape[2:], w.shape[2:], stride, padding, dilation)
    db = wide(dy).sum(axis=(0, 2, 3))
    # --8<-- [end:backward]
    return dx.astype(dtype), dw.reshape(w.shape).astype(dtype), db.astype(dtype)


def _layer(
    x: np.ndarray, w: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray, int]:
    x = images("x", x, "(N, Ci, H, W)")
    w = images("w", w, "(Co, Ci / groups, kh, kw)")
    groups = integer("groups", groups, 1)
    if x.shape[1] % groups or len(w) % groups or len(w) == 0:
        raise ValueError(
            f"groups must divide the channels of x and w, got {groups} for"
            f" {x.shape[1]} and {len(w)}"
        )
    if w.shape[1] != x.shape[1] // groups:
        raise ValueError(
            f"w must have Ci / groups = {x.shape[1] // groups} as its second axis,"
            f" got shape {w.shape}"
        )
    same_dtype(x=x, w=w)
    return x, w, groups


def _outputs(
    x: np.ndarray,
    w: np.ndarray,
    stride: int | Pair,
    padding: int | Pair,
    dilation: int | Pair,
) -> list[int]:
    steps, zeros = pair("stride", stride, 1), pair("padding", padding, 0)
    gaps = pair("dilation", dilation, 1)
    axes = zip(x.shape[2:], w.shape[2:], steps, zeros, gaps)
    return [output_size(*numbers) for numbers in axes]
