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


# --8<-- [start:sample]
def bilinear_sample(x: Tensor, y: Tensor, x_pos: Tensor) -> Tensor:
    """Read every channel of ``x`` between the pixels; outside there are zeros.

    The gradient of a position is that of the piece to its right: at whole numbers,
    where the pieces meet, it is one-sided.

    Args:
        x: shape (N, C, H, W).
        y: rows to read at, shape (N, K, Ho, Wo), in pixels; may lie outside the map.
        x_pos: columns to read at, of the same shape.

    Returns:
        Shape (N, C, K, Ho, Wo).

    Raises:
        ValueError: if shapes or dtypes disagree, a dtype is not floating point, or a
            position is NaN.
    """
    _check_sample(x, y, x_pos)
    height, width = x.shape[2:]
    # Two rings of zeros, so that all four corners exist wherever a position lies:
    # from row -1 up and from row H down there is nothing else to read.
    y, x_pos = y.clamp(-2, height), x_pos.clamp(-2, width)
    top, left = y.floor().detach(), x_pos.floor().detach()
    fy, fx = (y - top).unsqueeze(1), (x_pos - left).unsqueeze(1)  # (n, 1, k, y, x)
    padded = F.pad(x, (2, 2, 2, 2)).flatten(2)  # (n, c, (H + 4) * (W + 4))
    first = (top.long() + 2) * (width + 4) + left.long() + 2

    def corner(down: int, right: int) -> Tensor:
        index = (first + down * (width + 4) + right).flatten(1)
        index = index.unsqueeze(1).expand(-1, x.shape[1], -1)
        return padded.gather(2, index).view(*x.shape[:2], *y.shape[1:])

    upper = (1 - fx) * corner(0, 0) + fx * corner(0, 1)
    lower = (1 - fx) * corner(1, 0) + fx * corner(1, 1)
    return (1 - fy) * upper + fy * lower
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
        Shape (N, kh * kw, 2, Ho, Wo); index 0 of the third axis is y, index 1 is x.

    Raises:
        ValueError: if the channels of ``offset`` are not 2 * kh * kw, its dtype is not
            floating point, or an option is out of range.
    """
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    _check_options(stride, padding, dilation, kh, kw)
    _check_maps("offset", offset, channels=2 * kh * kw)
    n, _, rows, columns = offset.shape

    def along(length: int) -> Tensor:
        return torch.arange(length, dtype=offset.dtype, device=offset.device)

    tap = torch.cartesian_prod(along(kh), along(kw)) * dilation  # (k, 2)
    start = torch.stack(torch.meshgrid(along(rows), along(columns), indexing="ij"))
    plain = tap[:, :, None, None] + start * stride - padding  # (k, 2, y, x)
    return plain + offset.view(n, kh * kw, 2, rows, columns)
    # --8<-- [end:points]


def _check_integer(name: str, value: object, low: int) -> None:
    """Raise ValueError unless ``value`` is an integer of at least ``low``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")


def _check_options(stride: int, padding: int, dilation: int, kh: int, kw: int) -> None:
    """Raise ValueError unless every option of a convolution is in its range."""
    _check_integer("stride", stride, 1)
    _check_integer("padding", padding, 0)
    _check_integer("dilation", dilation, 1)
    _check_integer("kernel height", kh, 1)
    _check_integer("kernel width", kw, 1)


def _check_maps(name: str, maps: Tensor, channels: int | None = None) -> None:
    """Raise ValueError unless ``maps`` is floating point, of 4 axes, C as asked for."""
    if maps.ndim != 4:
        raise ValueError(f"{name} must have 4 axes, got shape {tuple(maps.shape)}")
    if not maps.is_floating_point():
        raise ValueError(f"{name} must be floating point, got {maps.dtype}")
    if channels is not None and maps.shape[1] != channels:
        raise ValueError(f"{name} must have {channels} channels, got {maps.shape[1]}")


def _check_dtypes(x: Tensor, others: dict[str, Tensor | None]) -> None:
    """Raise ValueError unless all ``others`` but None have the dtype of ``x``."""
    for name, other in others.items():
        if other is not None and other.dtype != x.dtype:
            raise ValueError(f"{name} must be {x.dtype} like x, got {other.dtype}")


def _check_sample(x: Tensor, y: Tensor, x_pos: Tensor) -> None:
    _check_maps("x", x)
    _check_maps("y", y)
    _check_dtypes(x, {"y": y, "x_pos": x_pos})
    if y.shape != x_pos.shape or y.shape[0] != x.shape[0]:
        shapes = ", ".join(str(tuple(t.shape)) for t in (x, y, x_pos))
        raise ValueError(f"need x nchw, y and x_pos nkyx of one shape; got {shapes}")
    if bool(y.isnan().any() | x_pos.isnan().any()):
        raise ValueError("positions must be numbers, got NaN")
