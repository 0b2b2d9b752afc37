"""Where the taps of a deformable convolution read, and how they read between pixels.

Positions are indices: the first pixel is (0, 0), padding lies at -1, and y (down) comes
before x (right).

Axes: n batch, c input channel, k tap, y and x output position.

Reference:
    Dai et al., "Deformable Convolutional Networks", ICCV 2017, arXiv:1703.06211,
    equations (3) and (4).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import at_least_float32, check_maps, options, sides


# --8<-- [start:sample]
def bilinear_sample(x: Tensor, y: Tensor, x_pos: Tensor) -> Tensor:
    """Read every channel of ``x`` between the pixels; outside there are zeros.

    The gradient of a position is that of the piece below it, or to its right: at whole
    numbers, where the pieces meet, it is one-sided. Sums run in float32 at least.

    Args:
        x: shape (N, C, H, W).
        y: rows to read at, shape (N, K, Ho, Wo), in pixels; may lie outside the map,
            and may be wider than ``x``: bfloat16 does not hold the fraction of 130.25.
        x_pos: columns to read at, of the same shape.

    Returns:
        Shape (N, C, K, Ho, Wo), of the type of ``x``.

    Raises:
        ValueError: if shapes disagree, a dtype is not floating point, or a position is
            NaN.
    """
    _check_sample(x, y, x_pos)
    wide = at_least_float32(x, y, x_pos)
    y, x_pos = y.to(wide), x_pos.to(wide)
    height, width = x.shape[2:]
    # Two rings of zeros, so that all four corners exist wherever a position lies:
    # from row -1 up and from row H down there is nothing else to read.
    y, x_pos = y.clamp(-2, height), x_pos.clamp(-2, width)
    top, left = y.floor().detach(), x_pos.floor().detach()
    fy, fx = (y - top).unsqueeze(1), (x_pos - left).unsqueeze(1)  # (n, 1, k, y, x)
    padded = F.pad(x.to(wide), (2, 2, 2, 2)).flatten(2)  # (n, c, (H + 4) * (W + 4))
    first = (top.long() + 2) * (width + 4) + left.long() + 2

    def corner(down: bool, right: bool) -> Tensor:
        index = (first + down * (width + 4) + right).flatten(1)
        index = index.unsqueeze(1).expand(-1, x.shape[1], -1)
        pixel = padded.gather(2, index).view(*x.shape[:2], *y.shape[1:])
        unread = (fy == 0) & down | (fx == 0) & right  # and 0 * inf would be NaN
        return pixel.masked_fill(unread & ~pixel.isfinite(), 0)

    upper = (1 - fx) * corner(False, False) + fx * corner(False, True)
    lower = (1 - fx) * corner(True, False) + fx * corner(True, True)
    return ((1 - fy) * upper + fy * lower).to(x.dtype)
    # --8<-- [end:sample]


# --8<-- [start:points]
def sampling_points(
    offset: Tensor,
    stride: int,
    padding: int,
    dilation: int,
    kernel: int | tuple[int, int],
) -> Tensor:
    """Where every tap of every output position reads, in input pixels.

    Args:
        offset: shape (N, 2 * kh * kw, Ho, Wo), channels dy0, dx0, dy1, dx1, ...
        stride, padding, dilation: as for ``F.conv2d``, the same for both axes.
        kernel: k, or (kh, kw).

    Returns:
        Shape (N, kh * kw, 2, Ho, Wo), float32 at least; index 0 of the third axis is y,
        index 1 is x.

    Raises:
        ValueError: if the channels of ``offset`` are not 2 * kh * kw, its dtype is not
            floating point, or an option is out of range.
    """
    kh, kw = sides(kernel)
    stride, padding, dilation = options(stride, padding, dilation)
    check_maps("offset", offset, channels=2 * kh * kw)
    n, _, rows, columns = offset.shape
    wide = at_least_float32(offset)

    def along(length: int) -> Tensor:
        return torch.arange(length, dtype=wide, device=offset.device)

    tap = torch.cartesian_prod(along(kh), along(kw)) * dilation  # (k, 2)
    start = torch.stack(torch.meshgrid(along(rows), along(columns), indexing="ij"))
    plain = tap[:, :, None, None] + start * stride - padding  # (k, 2, y, x)
    return plain + offset.reshape(n, kh * kw, 2, rows, columns)
    # --8<-- [end:points]


def _check_sample(x: Tensor, y: Tensor, x_pos: Tensor) -> None:
    check_maps("x", x)
    check_maps("y", y)
    check_maps("x_pos", x_pos)
    if y.shape != x_pos.shape or y.shape[0] != x.shape[0]:
        shapes = ", ".join(str(tuple(t.shape)) for t in (x, y, x_pos))
        raise ValueError(f"need x nchw, y and x_pos nkyx of one shape; got {shapes}")
    # A tensor without data ("meta") has shapes to follow, but nothing to look at.
    if not y.is_meta and bool(y.isnan().any() | x_pos.isnan().any()):
        raise ValueError("positions must be numbers, got NaN")
