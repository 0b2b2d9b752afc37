"""PixelShuffle: channels become pixels, so that a convolution can produce the detail.

The r * r channels of one output channel lie side by side (channel-major, CRD), as in
``torch.nn.PixelShuffle``. TensorFlow's and ONNX's default is the other order (DCR).

References:
    Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient
    Sub-Pixel Convolutional Neural Network", CVPR 2016, arXiv:1609.05158.
    Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016,
    arXiv:1609.07009.
    Aitken et al., "Checkerboard artifact free sub-pixel convolution", 2017,
    arXiv:1707.02937.
"""

import torch
from torch import Tensor

from ._checks import integer


# --8<-- [start:shuffle]
def pixel_shuffle(x: Tensor, r: int) -> Tensor:
    """Shape (N, C * r * r, H, W) to (N, C, H * r, W * r); any type.

    Raises:
        ValueError: if x is not 4-D, r is not an integer >= 1, or r * r does not divide
            the channels.
    """
    n, channels, h, w, r = _check(x, r)
    _divisible(channels, r)
    x = x.reshape(n, channels // r**2, r, r, h, w)  # (n, c, i, j, h, w)
    x = x.permute(0, 1, 4, 2, 5, 3)  # (n, c, h, i, w, j)
    return x.reshape(n, channels // r**2, h * r, w * r)


def depth_to_space(x: Tensor, r: int) -> Tensor:
    """``pixel_shuffle`` in the order of TensorFlow: the position is the slow index.

    Raises:
        ValueError: as ``pixel_shuffle``.
    """
    n, channels, h, w, r = _check(x, r)
    _divisible(channels, r)
    x = x.reshape(n, r, r, channels // r**2, h, w)  # (n, i, j, c, h, w)
    x = x.permute(0, 3, 4, 1, 5, 2)  # (n, c, h, i, w, j)
    return x.reshape(n, channels // r**2, h * r, w * r)
    # --8<-- [end:shuffle]


def pixel_unshuffle(x: Tensor, r: int) -> Tensor:
    """The inverse of ``pixel_shuffle``: (N, C, H * r, W * r) to (N, C * r * r, H, W).

    Raises:
        ValueError: if x is not 4-D, r is not an integer >= 1, or r does not divide
            height and width.
    """
    n, c, h, w, r = _check(x, r)
    if h % r or w % r:
        raise ValueError(f"height and width must be multiples of {r}, got {h} and {w}")
    x = x.reshape(n, c, h // r, r, w // r, r).permute(0, 1, 3, 5, 2, 4)
    return x.reshape(n, c * r**2, h // r, w // r)


# --8<-- [start:subpixel]
def subpixel_to_transposed(weight: Tensor, r: int) -> Tensor:
    """Kernel with which one transposed convolution replaces convolution and shuffle.

    ``pixel_shuffle(conv2d(x, weight, padding=p), r)`` equals ``conv_transpose2d`` with
    the result, stride r and padding r * (k - 1 - p), for every p from 0 to k - 1.

    Args:
        weight: of the convolution, shape (Co * r * r, Ci, k, k).
        r: upscaling factor.

    Returns:
        Shape (Ci, Co, k * r, k * r): the same numbers in another order.

    Raises:
        ValueError: if weight is not such a tensor or r is not an integer >= 1.
    """
    channels, c_in, k, k_w, r = _check(weight, r, "weight")
    _divisible(channels, r)
    if k != k_w or k < 1:
        raise ValueError(f"weight must have square kernels, got {k} x {k_w}")
    c_out = channels // r**2
    kernel = weight.flip(2, 3).reshape(c_out, r, r, c_in, k, k)  # (co, i, j, ci, a, b)
    kernel = kernel.permute(3, 0, 4, 1, 5, 2)  # (ci, co, a, i, b, j)
    return kernel.reshape(c_in, c_out, k * r, k * r)
    # --8<-- [end:subpixel]


# --8<-- [start:icnr]
def icnr_(weight: Tensor, r: int) -> Tensor:
    """Copy the first filter of every group of r * r onto the others, in place.

    Call it after any initialization; then convolution and shuffle begin as a
    convolution and a nearest-neighbour resize. The bias wants it too.

    Args:
        weight: first axis Co * r * r: a convolution's weight or bias.
        r: upscaling factor.

    Returns:
        The same tensor.

    Raises:
        ValueError: if r is not an integer >= 1, or r * r does not divide that axis, or
            there is none.
    """
    r = integer("r", r, 1)
    if not weight.ndim:
        raise ValueError("weight must have an axis of channels, got a scalar")
    _divisible(weight.shape[0], r)
    with torch.no_grad():
        return weight.copy_(weight[:: r * r].repeat_interleave(r * r, dim=0))
    # --8<-- [end:icnr]


def _check(x: Tensor, r: int, name: str = "x") -> tuple[int, int, int, int, int]:
    if x.ndim != 4:
        raise ValueError(f"{name} must have 4 axes, got {tuple(x.shape)}")
    a, b, c, d = x.shape
    return a, b, c, d, integer("r", r, 1)


def _divisible(channels: int, r: int) -> None:
    if channels % r**2:
        raise ValueError(f"channels must be a multiple of {r**2}, got {channels}")
