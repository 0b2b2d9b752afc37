"""Transposed convolution, its matrix, and the kernel with which it interpolates.

Every input pixel adds a scaled copy of the kernel to the output. As in PyTorch, kernels
of a transposed convolution have shape (Ci, Co, kh, kw) and are not flipped.

References:
    Dumoulin, Visin, "A guide to convolution arithmetic for deep learning", 2016,
    arXiv:1603.07285.
    Odena, Dumoulin, Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016,
    doi:10.23915/distill.00003.
"""

import torch
from torch import Tensor

from ._checks import at_least_float32, integer


# --8<-- [start:transposed]
def conv_transpose2d(
    x: Tensor, w: Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Tensor:
    """Add a copy of the kernel, scaled by the pixel, for every input pixel.

    Sums of floats run in float32 at least; autocast lowers the products to its own
    type.

    Args:
        x: shape (N, Ci, H, W), no pixel axis empty.
        w: shape (Ci, Co, kh, kw), of the type of ``x``.
        stride: output pixels between the copies of neighbouring input pixels.
        padding: output pixels cut off on every side.
        output_padding: how many fewer to cut off at the bottom and on the right.

    Returns:
        Shape (N, Co, (H - 1) * stride - 2 * padding + kh + output_padding, ...).

    Raises:
        ValueError: if shapes or types disagree, an option is out of range, or nothing
            is left.
    """
    stride, padding = integer("stride", stride, 1), integer("padding", padding, 0)
    size = _output_size(x, w, stride, padding, output_padding)
    dtype, x, w = x.dtype, at_least_float32(x), at_least_float32(w)
    h_full, w_full = (n + 2 * padding for n in size)
    h, width = x.shape[2:]
    canvas = x.new_zeros(x.shape[0], w.shape[1], h_full, w_full)
    for a in range(w.shape[2]):
        for b in range(w.shape[3]):
            rows = slice(a, a + (h - 1) * stride + 1, stride)
            columns = slice(b, b + (width - 1) * stride + 1, stride)
            # n batch, c input channel, d output channel, h and w pixels
            tap = torch.einsum("nchw,cd->ndhw", x, w[:, :, a, b])
            canvas[:, :, rows, columns] += tap
    canvas = canvas[:, :, padding : padding + size[0], padding : padding + size[1]]
    return canvas.to(dtype)
    # --8<-- [end:transposed]


# --8<-- [start:matrix]
def conv_matrix(w: Tensor, n: int, stride: int = 1, padding: int = 0) -> Tensor:
    """Matrix M of a 1-D convolution, so that ``M @ x`` is what ``conv1d`` computes.

    Args:
        w: taps, shape (k,).
        n: length of the input.
        stride, padding: as for ``conv1d``; zeros are added on both sides.

    Returns:
        Shape (n_out, n) with n_out = (n + 2 * padding - k) // stride + 1.

    Raises:
        ValueError: if w is not a non-empty vector, a number is out of range, or the
            kernel does not fit.
    """
    if w.ndim != 1 or w.shape[0] < 1:
        raise ValueError(f"w must be (k,) with k >= 1, got {tuple(w.shape)}")
    n, stride = integer("n", n, 1), integer("stride", stride, 1)
    k, padding = w.shape[0], integer("padding", padding, 0)
    if n + 2 * padding < k:
        raise ValueError(f"need n + 2 * padding >= k, got {n} + 2 * {padding} < {k}")
    rows = (n + 2 * padding - k) // stride + 1
    matrix = w.new_zeros(rows, n + 2 * padding)
    for o in range(rows):
        matrix[o, o * stride : o * stride + k] = w
    return matrix[:, padding : padding + n]
    # --8<-- [end:matrix]


# --8<-- [start:kernels]
def bilinear_kernel(k: int, dtype: torch.dtype | None = None) -> Tensor:
    """Weights, shape (k, k), with which a transposed convolution interpolates.

    Of use with k = 2 r - r % 2, stride r and padding (k - r) / 2 for a factor r. The
    type is torch's default unless given.

    Raises:
        ValueError: if k is not an integer >= 1, or the type not floating point.
    """
    k, dtype = integer("k", k, 1), dtype or torch.get_default_dtype()
    if not dtype.is_floating_point:
        raise ValueError(f"dtype must be floating point, got {dtype}")
    factor, centre = (k + 1) // 2, (k - 1) / 2
    offsets = torch.arange(k, dtype=torch.float64) - centre  # 16 bits count to 256
    triangle = 1 - offsets.abs() / factor
    return torch.outer(triangle, triangle).to(dtype)


def overlap_counts(k: int, s: int, n: int) -> Tensor:
    """How many of n inputs reach each output of a transposed convolution, in 1-D.

    Returns:
        Integers, shape ((n - 1) * s + k,): nothing is cut off.

    Raises:
        ValueError: if a number is not an integer >= 1.
    """
    k, s, n = integer("k", k, 1), integer("s", s, 1), integer("n", n, 1)
    counts = torch.zeros((n - 1) * s + k, dtype=torch.int64)
    for i in range(n):
        counts[i * s : i * s + k] += 1
    return counts
    # --8<-- [end:kernels]


def _output_size(
    x: Tensor, w: Tensor, stride: int, padding: int, output_padding: int
) -> list[int]:
    if x.ndim != 4 or w.ndim != 4 or 0 in (*x.shape[2:], *w.shape[2:]):
        shapes = f"{tuple(x.shape)} and {tuple(w.shape)}"
        raise ValueError(f"need x (N, Ci, H, W) and w (Ci, Co, kh, kw), got {shapes}")
    if x.shape[1] != w.shape[0]:
        raise ValueError(f"w must have Ci = {x.shape[1]}, got {w.shape[0]}")
    if x.dtype != w.dtype or x.dtype == torch.bool:
        raise ValueError(
            f"x and w must be numbers of one type, got {x.dtype}, {w.dtype}"
        )
    output_padding = integer("output_padding", output_padding, 0)
    if output_padding >= stride:
        raise ValueError(f"output_padding must be < {stride}, got {output_padding}")
    size = [
        (n - 1) * stride - 2 * padding + k + output_padding
        for n, k in zip(x.shape[2:], w.shape[2:])
    ]
    if min(size) < 1:
        raise ValueError(f"output must be at least 1 x 1, got {size[0]} x {size[1]}")
    return size
