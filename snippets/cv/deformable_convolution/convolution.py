"""A convolution whose taps are moved by offsets, and weighed by a mask in version 2.

Offsets are laid out as in torchvision: dy of tap 0, dx of tap 0, dy of tap 1, and so
on; taps go row by row. Axes, in shapes and einsum alike: n batch, c input channel, o
output channel, k tap, y and x output position.

References:
    Dai et al., "Deformable Convolutional Networks", ICCV 2017, arXiv:1703.06211 (v1).
    Zhu, Hu, Lin, Dai, "Deformable ConvNets v2: More Deformable, Better Results",
    CVPR 2019, arXiv:1811.11168 (v2).
"""

import math

import torch
from torch import Tensor, nn

from ._checks import at_least_float32, check_maps, integer, options, sides
from .sampling import bilinear_sample, sampling_points


# --8<-- [start:conv]
def deform_conv2d(
    x: Tensor,
    offset: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    mask: Tensor | None = None,
) -> Tensor:
    """Deformable convolution: v1 without ``mask``, v2 with it.

    Positions are float32 at least: bfloat16 has whole numbers only from 128 on. So are
    sums, except under autocast, which multiplies by the weights in its own type.

    Args:
        x: shape (N, C, H, W).
        offset: shape (N, 2 * kh * kw, Ho, Wo), channels dy0, dx0, dy1, dx1, ...; it and
            ``mask`` may be of another floating-point type than ``x``.
        weight: shape (O, C, kh, kw), of the type of ``x``.
        bias: shape (O,), of the type of ``x``, or None.
        stride, padding, dilation: as for ``F.conv2d``, the same for both axes.
        mask: shape (N, kh * kw, Ho, Wo), one factor per tap, or None for all ones.

    Returns:
        Shape (N, O, Ho, Wo), with Ho and Wo as ``F.conv2d`` has them; type of ``x``.

    Raises:
        ValueError: if shapes or dtypes disagree, a dtype is not floating point, an
            option is out of range, or a sampling point is NaN.
    """
    stride, padding, dilation = options(stride, padding, dilation)
    _check_conv(x, offset, weight, bias, stride, padding, dilation, mask)
    kernel, wide = (weight.shape[2], weight.shape[3]), at_least_float32(x, offset)
    points = sampling_points(offset.to(wide), stride, padding, dilation, kernel)
    columns = bilinear_sample(x.to(wide), *points.unbind(2))  # (n, c, k, y, x)
    if mask is not None:
        columns = columns * mask.to(wide).unsqueeze(1)
    result = torch.einsum("nckyx,ock->noyx", columns, weight.flatten(2).to(wide))
    result = result if bias is None else result + bias[:, None, None]
    return result.to(x.dtype)
    # --8<-- [end:conv]


# --8<-- [start:module]
class DeformConv2d(nn.Module):
    """Deformable convolution that computes its offsets, and its masks, from its input.

    Offsets start at 0, so at first this is the plain convolution with the same
    ``weight``; masks start at 0.5, which halves it, all but the bias.

    Args:
        in_channels, out_channels: C and O.
        kernel_size: k, for both axes.
        padding: zeros around the map.
        modulated: v2, with a mask, instead of v1.
        stride, dilation: as for ``nn.Conv2d``.

    Raises:
        ValueError: if an option is out of range.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        padding: int = 1,
        modulated: bool = False,
        stride: int = 1,
        dilation: int = 1,
    ) -> None:
        super().__init__()
        kernel_size = integer("kernel_size", kernel_size, 1)
        self.stride, self.padding, self.dilation = options(stride, padding, dilation)
        window = (kernel_size, self.stride, self.padding, self.dilation)
        in_channels = integer("in_channels", in_channels, 1)
        out_channels = integer("out_channels", out_channels, 1)
        plain = nn.Conv2d(in_channels, out_channels, *window)
        self.weight, self.bias = plain.weight, plain.bias
        self.modulated = modulated
        self.taps = kernel_size**2
        # The same window as the taps: the offsets see what a plain convolution sees.
        channels = (3 if modulated else 2) * self.taps
        self.branch = nn.Conv2d(in_channels, channels, *window)
        nn.init.zeros_(self.branch.weight)
        nn.init.zeros_(self.branch.bias)

    def offset_and_mask(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """The offsets for ``x`` in pixels, and the masks, from 0 to 1; None in v1."""
        self._check(x)
        fields = self.branch(x)
        if not self.modulated:
            return fields, None
        offset, logits = fields.split([2 * self.taps, self.taps], dim=1)
        return offset, logits.sigmoid()  # each tap by itself, not a softmax

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x``, shape (N, C, H, W), to shape (N, O, Ho, Wo).

        Under autocast the branch, whose offsets are small, has 16 bits, and ``x`` may
        have them too; positions are float32 all the same.
        """
        offset, mask = self.offset_and_mask(x)
        weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
        window = (self.stride, self.padding, self.dilation)
        return deform_conv2d(x, offset, weight, bias, *window, mask)

    # --8<-- [end:module]

    def _check(self, x: Tensor) -> None:
        check_maps("x", x, channels=self.weight.shape[1])
        other = x.dtype != self.weight.dtype
        if other and not torch.is_autocast_enabled(x.device.type):
            want = f"{self.weight.dtype} like the layer, outside autocast"
            raise ValueError(f"x must be {want}, got {x.dtype}")
        side = math.isqrt(self.taps)
        _check_window(x, (side, side), self.stride, self.padding, self.dilation)


def _check_conv(
    x: Tensor,
    offset: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: int,
    padding: int,
    dilation: int,
    mask: Tensor | None,
) -> None:
    check_maps("x", x)
    check_maps("weight", weight, channels=x.shape[1])
    kh, kw = sides(weight.shape[2:])
    check_maps("offset", offset, channels=2 * kh * kw)
    if mask is not None:
        check_maps("mask", mask, channels=kh * kw)
    for name, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.dtype != x.dtype:
            raise ValueError(f"{name} must be {x.dtype} like x, got {other.dtype}")
    if bias is not None and bias.shape != weight.shape[:1]:
        want, got = tuple(weight.shape[:1]), tuple(bias.shape)
        raise ValueError(f"bias must have shape {want}, got {got}")
    size = _check_window(x, (kh, kw), stride, padding, dilation)
    for name, maps in (("offset", offset), ("mask", mask)):
        if maps is not None and (maps.shape[0], *maps.shape[2:]) != (len(x), *size):
            want, got = (len(x), maps.shape[1], *size), tuple(maps.shape)
            raise ValueError(f"{name} must have shape {want}, got {got}")


def _check_window(
    x: Tensor, kernel: tuple[int, int], stride: int, padding: int, dilation: int
) -> list[int]:
    """Height and width of the output, each at least 1."""
    reach = [dilation * (taps - 1) + 1 for taps in kernel]
    padded = [length + 2 * padding for length in x.shape[2:]]
    if any(have < need for have, need in zip(padded, reach)):
        want, got = tuple(reach), tuple(padded)
        raise ValueError(f"the padded map must hold the kernel {want}, got {got}")
    return [(have - need) // stride + 1 for have, need in zip(padded, reach)]
