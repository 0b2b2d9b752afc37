"""What blocks and stem are made of, and what they accept."""

import torch
from torch import Tensor, nn


def conv(c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """Without a bias, and padded so that stride 1 keeps odd sizes."""
    layer = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer


def images(x: Tensor, channels: int) -> None:
    """Refuse what is no tensor of shape (N, channels, H, W), or has an empty axis."""
    if not isinstance(x, torch.Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, torch.Tensor) else type(x).__name__
        raise ValueError(f"x must be a tensor of real numbers, got {kind}")
    shape = tuple(x.shape)
    if x.ndim != 4 or shape[1] != channels or 0 in shape:
        raise ValueError(
            f"x must have shape (N, {channels}, H, W), none of them 0, got {shape}"
        )
