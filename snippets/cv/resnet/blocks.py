"""Residual blocks in PyTorch: basic, bottleneck, and pre-activation.

Inputs have shape (N, C, H, W). Convolutions have no bias, since a batch norm reads what
they make (of a pre-activation block, the next one's or the net's last); weights start
as He's, by outputs. The shortcut is the identity where shapes allow it, else a
projection: a 1x1 convolution with the block's stride.

Sources: He et al. 2015, arXiv:1512.03385; He et al. 2016, arXiv:1603.05027
(pre-activation); Goyal et al. 2017, arXiv:1706.02677 (zero gamma).
"""

import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import flag, integer
from ._layers import conv, images


def _shortcut(c_in: int, c_out: int, stride: int) -> nn.Module:
    if c_in == c_out and stride == 1:
        return nn.Identity()
    return nn.Sequential(conv(c_in, c_out, 1, stride), nn.BatchNorm2d(c_out))


def _numbers(c_in: int, width: int, stride: int) -> tuple[int, int, int]:
    c_in, width = integer("c_in", c_in, 1), integer("width", width, 1)
    return c_in, width, integer("stride", stride, 1)


# --8<-- [start:basic]
class BasicBlock(nn.Module):
    """relu(x + F(x)), F of two 3x3 convolutions: (N, c_in, H, W) to (N, width, ...).

    Args:
        c_in: input channels.
        width: channels of both convolutions.
        stride: of the first.
        zero_init: whether the last gamma starts at 0, so that F(x) = 0.

    Raises:
        ValueError: if a number is no integer >= 1, or ``zero_init`` no bool.
    """

    def __init__(self, c_in: int, width: int, stride: int = 1, zero_init: bool = False):
        super().__init__()
        c_in, width, stride = _numbers(c_in, width, stride)
        self.branch = nn.Sequential(
            conv(c_in, width, 3, stride),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            conv(width, width, 3),
            nn.BatchNorm2d(width),
        )
        if flag("zero_init", zero_init):
            nn.init.zeros_(self.branch[-1].weight)
        self.shortcut = _shortcut(c_in, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """The sum, through ReLU."""
        images(x, self.branch[0].in_channels)
        return F.relu(self.shortcut(x) + self.branch(x))
        # --8<-- [end:basic]


# --8<-- [start:bottleneck]
class Bottleneck(nn.Module):
    """relu(x + F(x)), F of 1x1, 3x3 and 1x1: to (N, 4 * width, ...).

    Args:
        c_in: input channels.
        width: channels of the 3x3 convolution.
        stride: of the 3x3 convolution (v1.5).
        zero_init: whether the last gamma starts at 0.

    Raises:
        ValueError: as for ``BasicBlock``.
    """

    def __init__(self, c_in: int, width: int, stride: int = 1, zero_init: bool = False):
        super().__init__()
        c_in, width, stride = _numbers(c_in, width, stride)
        self.branch = nn.Sequential(
            conv(c_in, width, 1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            conv(width, width, 3, stride),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            conv(width, 4 * width, 1),
            nn.BatchNorm2d(4 * width),
        )
        if flag("zero_init", zero_init):
            nn.init.zeros_(self.branch[-1].weight)
        self.shortcut = _shortcut(c_in, 4 * width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """The sum, through ReLU."""
        images(x, self.branch[0].in_channels)
        return F.relu(self.shortcut(x) + self.branch(x))
        # --8<-- [end:bottleneck]


# --8<-- [start:preact]
class PreActBlock(nn.Module):
    """x + F(x), F of norm, ReLU, 3x3, twice; nothing follows the addition.

    A net of these needs a last norm and ReLU. A projection reads the first norm's
    output, and has no norm of its own.

    Args:
        c_in: input channels.
        width: channels of both convolutions.
        stride: of the first.

    Raises:
        ValueError: if a number is no integer >= 1.
    """

    def __init__(self, c_in: int, width: int, stride: int = 1):
        super().__init__()
        c_in, width, stride = _numbers(c_in, width, stride)
        self.norm = nn.BatchNorm2d(c_in)
        self.branch = nn.Sequential(
            conv(c_in, width, 3, stride),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            conv(width, width, 3),
        )
        same = c_in == width and stride == 1
        self.projection = None if same else conv(c_in, width, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """The sum, and nothing behind it."""
        images(x, self.norm.num_features)
        h = F.relu(self.norm(x))
        return (x if self.projection is None else self.projection(h)) + self.branch(h)
        # --8<-- [end:preact]
