"""One dilated layer, three ways: spread the taps, the kernel, or the input.

Rate 1 is the ordinary convolution, with no hole; rate r leaves r - 1 positions between
neighbouring taps. As in PyTorch the kernel is not flipped. No
padding here: an output exists where the whole spread-out kernel fits.

References:
    Yu, Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2015,
    arXiv:1511.07122.
    Chen, Papandreou, Kokkinos, Murphy, Yuille, "DeepLab: Semantic Image Segmentation
    with Deep Convolutional Nets, Atrous Convolution, and Fully Connected CRFs", 2016,
    arXiv:1606.00915.
"""

import torch.nn.functional as F
from torch import Tensor

from ._checks import integer, same_type
from .coverage import effective_kernel


# --8<-- [start:conv1d]
def dilated_conv1d(x: Tensor, w: Tensor, rate: int) -> Tensor:
    """The definition, on one axis: y[i] is the sum over t of w[t] x[i + rate t].

    Args:
        x: input, shape (l,); sums of integers wrap around in their own type.
        w: kernel, shape (k,), not flipped, of the type of x.
        rate: distance between neighbouring taps, >= 1.

    Returns:
        Shape (l - effective_kernel(k, rate) + 1,): every position where it fits.

    Raises:
        ValueError: if a shape or type is wrong, the rate below 1, or x too short.
    """
    wide, rate = same_type(x, w), integer("rate", rate, 1)
    if x.ndim != 1 or w.ndim != 1:
        shapes = f"{tuple(x.shape)} and {tuple(w.shape)}"
        raise ValueError(f"x and w must have shapes (l,) and (k,), got {shapes}")
    length = _output_size(len(x), len(w), rate)
    y = x.new_zeros(length, dtype=wide)
    for t in range(len(w)):
        y = y + w[t] * x[rate * t : rate * t + length].to(wide)
    return y.to(x.dtype)
    # --8<-- [end:conv1d]


# --8<-- [start:dilate]
def dilate_kernel(w: Tensor, rate: int) -> Tensor:
    """Put rate - 1 zeros between neighbouring taps, so that a plain convolution fits.

    Args:
        w: kernels, shape (..., k, k).
        rate: distance between neighbouring taps, >= 1.

    Returns:
        Shape (..., m, m) with m = effective_kernel(k, rate).

    Raises:
        ValueError: if the kernels are empty or not square, or the rate is below 1.
    """
    if w.ndim < 2 or w.shape[-1] != w.shape[-2]:
        raise ValueError(f"w must have shape (..., k, k), got {tuple(w.shape)}")
    rate = integer("rate", rate, 1)
    size = effective_kernel(w.shape[-1], rate)
    spread = w.new_zeros(*w.shape[:-2], size, size)
    spread[..., ::rate, ::rate] = w
    return spread
    # --8<-- [end:dilate]


# --8<-- [start:polyphase]
def polyphase_dilated_conv2d(x: Tensor, w: Tensor, rate: int) -> Tensor:
    """A dilated convolution as rate**2 plain ones, each on its own sub-grid.

    Sub-grid (a, b) is every ``rate``-th row from row a and column from column b. An
    output reads only inputs of its own sub-grid.

    Args:
        x: input, shape (n, c, h, v), v the width; floating point, no axis empty but n.
        w: kernels, shape (o, c, k, k), of the type of x.
        rate: distance between neighbouring taps, >= 1.

    Returns:
        What ``F.conv2d(x, w, dilation=rate)`` returns, shape (n, o, h', v').

    Raises:
        ValueError: if a shape or type is wrong, the rate below 1, or x too small.
    """
    _, rate = same_type(x, w), integer("rate", rate, 1)
    if not x.is_floating_point():
        raise ValueError(f"x must be floating point, got {x.dtype}")
    if x.ndim != 4 or w.ndim != 4 or x.shape[1] != w.shape[1]:
        shapes = f"{tuple(x.shape)} and {tuple(w.shape)}"
        raise ValueError(f"need x (n, c, h, v) and w (o, c, k, k), got {shapes}")
    if 0 in w.shape[:2]:
        raise ValueError(f"w must have channels in and out, got {tuple(w.shape)}")
    if w.shape[-1] != w.shape[-2]:
        raise ValueError(f"w must have shape (o, c, k, k), got {tuple(w.shape)}")
    rows, columns = (_output_size(size, w.shape[-1], rate) for size in x.shape[2:])
    y = x.new_zeros(x.shape[0], w.shape[0], rows, columns)
    for a in range(min(rate, rows)):  # later phases would have no output
        for b in range(min(rate, columns)):
            y[:, :, a::rate, b::rate] = F.conv2d(x[:, :, a::rate, b::rate], w)
    return y
    # --8<-- [end:polyphase]


def _output_size(size: int, kernel: int, rate: int) -> int:
    needed = effective_kernel(kernel, rate)
    if size < needed:
        raise ValueError(f"input must be at least {needed} long, got {size}")
    return size - needed + 1
