"""The net itself, in PyTorch: two convolutions a level, poolings, skips.

Reference: Ronneberger, Fischer, Brox, MICCAI 2015, arXiv:1505.04597.
"""

import torch
from torch import Tensor, nn

from ._checks import integer, one_of
from .sizes import PADDINGS, unet_sizes


def pair(before: int, after: int, padding: str) -> nn.Sequential:
    """Two 3 x 3 convolutions, each followed by a ReLU."""
    layers = []
    for channels in (before, after):
        layers += [nn.Conv2d(channels, after, 3, padding=padding), nn.ReLU()]
    return nn.Sequential(*layers)


# --8<-- [start:network]
class UNet(nn.Module):
    """Images (n, channels, h, w) to logits (n, classes, h', w').

    Args:
        base: maps of the first level; each pooling is followed by twice as many.
        depth: number of poolings.
        channels: of the images.
        classes: of the logits.
        padding: "valid" or "same", as in ``unet_sizes``.

    Raises:
        ValueError: if a number is no integer >= 1, padding unknown, or an image of a
            size that ``unet_sizes`` does not take.
    """

    def __init__(
        self,
        base: int = 64,
        depth: int = 4,
        channels: int = 1,
        classes: int = 2,
        padding: str = "valid",
    ) -> None:
        super().__init__()
        base, self.depth = integer("base", base, 1), integer("depth", depth, 1)
        self.channels = integer("channels", channels, 1)
        classes = integer("classes", classes, 1)
        self.padding = one_of("padding", padding, PADDINGS)
        maps = [base * 2**level for level in range(self.depth + 1)]
        self.down = nn.ModuleList(
            pair(before, after, padding)
            for before, after in zip([self.channels, *maps], maps, strict=False)
        )
        up = list(reversed(maps[:-1]))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(2 * c, c, 2, 2) for c in up)
        self.up = nn.ModuleList(pair(2 * c, c, padding) for c in up)
        self.head = nn.Conv2d(base, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The logits of x."""
        shape = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
        if len(shape) != 4 or shape[1] != self.channels:
            wanted = f"(n, {self.channels}, h, w)"
            raise ValueError(f"x must be a tensor {wanted}, got {shape}")
        for side in x.shape[2:]:
            unet_sizes(side, self.depth, self.padding)
        skips = []
        for level, convolve in enumerate(self.down):
            x = convolve(x)
            if level < self.depth:
                skips.append(x)
                x = nn.functional.max_pool2d(x, 2)
        for enlarge, convolve in zip(self.enlarge, self.up, strict=True):
            x, skip = enlarge(x), skips.pop()
            i, j = (
                (a - b) // 2 for a, b in zip(skip.shape[2:], x.shape[2:], strict=True)
            )
            skip = skip[:, :, i : i + x.shape[2], j : j + x.shape[3]]
            x = convolve(torch.cat([skip, x], dim=1))
        logits: Tensor = self.head(x)
        return logits

    # --8<-- [end:network]
