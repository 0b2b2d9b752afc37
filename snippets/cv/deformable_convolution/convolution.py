"""A convolution whose taps are moved by offsets, and weighed by a mask in version 2.

Offsets are laid out as in torchvision: dy of tap 0, dx of tap 0, dy of tap 1, and so
on; taps go row by row. Axes, in shapes and einsum alike: n batch, c input channel, o
output channel, k tap, y and x output position.

References:
    Dai et al., "Deformable Convolutional Networks", ICCV 2017, arXiv:1703.06211 (v1).
    Zhu, Hu, Lin, Dai, "Deformable ConvNets v2: More Deformable, Better Results",
    CVPR 2019, arXiv:1811.11168 (v2).
"""

import torch
from torch import Tensor, nn

from .sampling import (
    _check_dtypes,
    _check_integer,
    _check_maps,
    _check_options,
    bilinear_sample,
    sampling_points,
)


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

    Args:
        x: shape (N, C, H, W).
        offset: shape (N, 2 * kh * kw, Ho, Wo), channels dy0, dx0, dy1, dx1, ...
        weight: shape (O, C, kh, kw).
        bias: shape (O,), or None.
        stride, padding, dilation: as for ``F.conv2d``, the same for both axes.
        mask: shape (N, kh * kw, Ho, Wo), one factor per tap, or None for all ones.

    Returns:
        Shape (N, O, Ho, Wo), with Ho and Wo as ``F.conv2d`` has them.

    Raises:
        ValueError: if shapes or dtypes disagree, a dtype is not floating point, an
            option is out of range, or a sampling point is NaN.
    """
    _check_conv(x, offset, weight, bias, stride, padding, dilation, mask)
    kernel = (weight.shape[2], weight.shape[3])
    points = sampling_points(offset, stride, padding, dilation, kernel)
    columns = bilinear_sample(x, *points.unbind(2))  # (n, c, k, y, x)
    if mask is not None:
        columns = columns * mask.unsqueeze(1)
    result = torch.einsum("nckyx,ock->noyx", columns, weight.flatten(2))
    return result if bias is None else result + bias[:, None, None]
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
        _check_options(stride, padding, dilation, kernel_size, kernel_size)
        for name, count in {
            "in_channels": in_channels,
            "out_channels": out_channels,
        }.items():
            _check_integer(name, count, 1)
        options = (kernel_size, stride, padding, dilation)
        plain = nn.Conv2d(in_channels, out_channels, *options)
        self.weight, self.bias = plain.weight, plain.bias
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.modulated = modulated
        self.taps = kernel_size**2
        # The same window as the taps: the offsets see what a plain convolution sees.
        channels = (3 if modulated else 2) * self.taps
        self.branch = nn.Conv2d(in_channels, channels, *options)
        nn.init.zeros_(self.branch.weight)
        nn.init.zeros_(self.branch.bias)

    def offset_and_mask(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """The offsets for ``x`` in pixels, and the masks in (0, 1), or None in v1."""
        fields = self.branch(x)
        if not self.modulated:
            return fields, None
        offset, logits = fields.split([2 * self.taps, self.taps], dim=1)
        return offset, logits.sigmoid()  # each tap by itself, not a softmax

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x``, shape (N, C, H, W), to shape (N, O, Ho, Wo)."""
        offset, mask = self.offset_and_mask(x)
        options = (self.stride, self.padding, self.dilation)
        return deform_conv2d(x, offset, self.weight, self.bias, *options, mask)

    # --8<-- [end:module]


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
    _check_maps("x", x)
    _check_maps("weight", weight, channels=x.shape[1])
    kh, kw = weight.shape[2:]
    _check_options(stride, padding, dilation, kh, kw)
    _check_maps("offset", offset, channels=2 * kh * kw)
    if mask is not None:
        _check_maps("mask", mask, channels=kh * kw)
    _check_dtypes(x, {"offset": offset, "weight": weight, "bias": bias, "mask": mask})
    if bias is not None and bias.shape != weight.shape[:1]:
        want, got = tuple(weight.shape[:1]), tuple(bias.shape)
        raise ValueError(f"bias must have shape {want}, got {got}")
    size = [
        (length + 2 * padding - dilation * (taps - 1) - 1) // stride + 1
        for length, taps in zip(x.shape[2:], (kh, kw))
    ]
    if min(size) < 1:
        reach = tuple(dilation * (taps - 1) + 1 for taps in (kh, kw))
        padded = tuple(length + 2 * padding for length in x.shape[2:])
        raise ValueError(f"the padded map must hold the kernel {reach}, got {padded}")
    for name, maps in (("offset", offset), ("mask", mask)):
        if maps is not None and (maps.shape[0], *maps.shape[2:]) != (len(x), *size):
            want, got = (len(x), maps.shape[1], *size), tuple(maps.shape)
            raise ValueError(f"{name} must have shape {want}, got {got}")
