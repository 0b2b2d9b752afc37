"""Where the taps of a stack of deformable 3 x 3 layers lead, from one output down.

The stack to trace is trained to fill thin rings, so that a pixel in the middle, with
nothing around it, has to look further away.
"""

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import check_maps, integer, positive
from .convolution import DeformConv2d
from .sampling import bilinear_sample


# --8<-- [start:trace]
def trace_points(
    offsets: Iterable[Tensor], start: tuple[float, float], dilation: int = 1
) -> Tensor:
    """Follow the taps of one output down through 3 x 3 layers, stride 1, same size.

    Where every reading is at a whole position inside the map, these are the pixels that
    feed the output. Between pixels they are a picture of it: a reading there mixes up
    to four outputs of the layer below, each with offsets of its own. This follows one
    point, with the offsets interpolated as well; outside the map they count as 0.

    Args:
        offsets: one field per layer, from input to output, each of shape (18, H, W).
        start: y and x of the output.
        dilation: of all layers.

    Returns:
        Shape (9 ** layers, 2), float64, y before x; points may coincide.

    Raises:
        ValueError: if a field is not of shape (18, H, W), ``start`` is not a tuple or
            list of two finite numbers, or dilation is below 1.
    """
    fields, step = _check_trace(offsets, start), integer("dilation", dilation, 1)
    device = fields[0].device if fields else None
    points = torch.tensor([tuple(start)], dtype=torch.float64, device=device)
    side = torch.tensor([-step, 0, step], dtype=torch.float64, device=device)
    taps = torch.cartesian_prod(side, side)  # (9, 2)
    for field in reversed(fields):
        y, x = points.T[:, None, :, None, None]  # each (1, points, 1, 1)
        moved = bilinear_sample(field[None].to(points), y, x).view(9, 2, -1)
        points = points + taps[:, None] + moved.transpose(1, 2)  # (9, points, 2)
        points = points.flatten(0, 1)
    return points
    # --8<-- [end:trace]


def _check_trace(offsets: Iterable[Tensor], start: Iterable[float]) -> list[Tensor]:
    fields = list(offsets)
    for field in fields:
        if field.ndim != 3 or field.shape[0] != 18:
            raise ValueError(f"need fields (18, H, W), got {tuple(field.shape)}")
    if not (isinstance(start, tuple | list) and len(start) == 2):
        raise ValueError(f"start must be (y, x), got {start!r}")
    if not all(math.isfinite(place) for place in start):
        raise ValueError(f"start must be finite, got {start!r}")
    return fields


def ring_scenes(
    count: int, generator: torch.Generator, size: int = 20
) -> tuple[Tensor, Tensor]:
    """A thin ring and a small blob beside it, with the disc that the ring encloses.

    Returns:
        Images and discs (1 inside the ring, 0 outside), each (count, 1, size, size),
        float64.

    Raises:
        ValueError: if count is below 1 or size below 8.
    """
    count, size = integer("count", count, 1), integer("size", size, 8)
    shape = (4, count, 1, 1)
    draws = torch.rand(shape, generator=generator, dtype=torch.float64)
    middle_y, middle_x = (size - 1) / 2 + 0.1 * size * (draws[:2] - 0.5)
    radius = size * (0.225 + 0.05 * draws[2])
    angle = 2 * torch.pi * draws[3]
    rows = torch.arange(size, dtype=torch.float64)[:, None]
    columns = rows.T
    distance = torch.hypot(rows - middle_y, columns - middle_x)
    away = radius + 0.14 * size
    blob_y, blob_x = middle_y + away * angle.sin(), middle_x + away * angle.cos()
    from_blob = torch.hypot(rows - blob_y, columns - blob_x)
    ring = torch.exp(-(((distance - radius) / 0.85) ** 2))
    blob = torch.exp(-((from_blob / 1.1) ** 2))
    discs = (distance < radius).to(torch.float64)
    return torch.maximum(ring, blob)[:, None], discs[:, None]


class RingNet(nn.Module):
    """A plain layer, three deformable ones, and a 1 x 1 layer; logits of the disc."""

    def __init__(self, channels: int = 4) -> None:
        super().__init__()
        channels = integer("channels", channels, 1)
        self.stem = nn.Conv2d(1, channels, 3, padding=1)
        self.layers = nn.ModuleList(DeformConv2d(channels, channels) for _ in range(3))
        self.head = nn.Conv2d(channels, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, shape (N, 1, H, W), of images of the same shape."""
        x = self._first(images)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
        return self.head(x)

    def offsets(self, images: Tensor) -> list[Tensor]:
        """Offsets of the three layers, each (N, 18, H, W), from input to output."""
        x = self._first(images)
        fields = []
        for layer in self.layers:
            fields.append(layer.offset_and_mask(x)[0])
            x = F.leaky_relu(layer(x), 0.1)
        return fields

    def _first(self, images: Tensor) -> Tensor:
        check_maps("images", images, channels=1)
        if 0 in images.shape[2:]:
            raise ValueError(f"images must have pixels, got {tuple(images.shape)}")
        return F.leaky_relu(self.stem(images), 0.1)


def train_rings(steps: int, seed: int = 0, lr: float = 0.02) -> RingNet:
    """Fit a ``RingNet`` in float64, with Adam and two fresh scenes per step.

    Raises:
        ValueError: if steps or seed is below 0, or lr is not finite and > 0.
    """
    steps, seed = integer("steps", steps, 0), integer("seed", seed, 0)
    positive("lr", lr)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # manual_seed: GPUs too
        net = RingNet().double()
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    for _ in range(steps):
        images, discs = ring_scenes(2, generator)
        loss = F.binary_cross_entropy_with_logits(net(images), discs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net
