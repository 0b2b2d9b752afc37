"""The network: a stem, four stages of blocks, the mean over the map, a linear head."""

from torch import Tensor, nn

from ._checks import integer
from ._layers import conv, images
from ._stages import stages
from .blocks import BasicBlock, Bottleneck


# --8<-- [start:network]
class ResNet(nn.Module):
    """ResNet-18, 34, 50, 101 or 152: (N, 3, H, W) to logits (N, classes).

    Args:
        depth: 18, 34, 50, 101 or 152.
        classes: outputs.
        width: channels of the stem; those of the stages double from there.
        zero_init: whether the last gamma of each block starts at 0.

    Raises:
        ValueError: for another depth, a number below 1, or ``zero_init`` no bool.
    """

    def __init__(
        self,
        depth: int = 18,
        classes: int = 1000,
        width: int = 64,
        zero_init: bool = False,
    ):
        super().__init__()
        blocks, bottleneck = stages(depth)
        classes, width = integer("classes", classes, 1), integer("width", width, 1)
        kind = Bottleneck if bottleneck else BasicBlock
        self.stem = nn.Sequential(
            conv(3, width, 7, 2),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
        )
        layers, c = [], width
        for stage, count in enumerate(blocks):
            for block in range(count):
                stride = 2 if stage and not block else 1
                layers.append(kind(c, width * 2**stage, stride, zero_init))
                c = width * 2**stage * (4 if bottleneck else 1)
        self.blocks = nn.Sequential(*layers)
        self.head = nn.Linear(c, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, shape (N, classes)."""
        images(x, 3)
        return self.head(self.blocks(self.stem(x)).mean(dim=(2, 3)))
        # --8<-- [end:network]
