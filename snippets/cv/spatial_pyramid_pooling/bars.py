"""Two heads on one small network: only the pyramid survives a change of image size.

An image shows one bright line across noise; the class says whether it is a row (0) or a
column (1). Two convolutions see it, then a head makes a vector of the map, and one
matrix turns that vector into two logits.
"""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from .pyramid import spatial_pyramid_pool

Head = Literal["spp", "flatten"]
_CHANNELS, _LEVELS = 8, (1, 2, 4)


def bar_images(
    count: int, size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Images of one bar, shape (count, 1, size, size), and classes, shape (count,).

    The bar has the value 1, the noise a standard deviation of 0.3.
    """
    images = 0.3 * torch.randn(count, 1, size, size, generator=generator)
    labels = torch.randint(2, (count,), generator=generator)
    places = torch.randint(size, (count,), generator=generator)
    for image, label, place in zip(images, labels, places):
        line = image[0, place] if label == 0 else image[0, :, place]
        line += 1
    return images, labels


# --8<-- [start:net]
@dataclass(frozen=True)
class BarNet:
    """Weights of two 3 x 3 convolutions and one matrix, and the head between them."""

    first: Tensor  # (8, 1, 3, 3)
    second: Tensor  # (8, 8, 3, 3)
    matrix: Tensor  # (length of the vector, 2)
    head: Head

    def __call__(self, images: Tensor) -> Tensor:
        """Logits, shape (N, 2), of images (N, 1, H, W)."""
        x = F.conv2d(images, self.first, padding=1).relu()
        x = F.conv2d(x, self.second, padding=1).relu()  # any H, W up to here
        pooled = self.head == "spp"
        vector = spatial_pyramid_pool(x, _LEVELS) if pooled else x.flatten(1)
        return vector @ self.matrix
        # --8<-- [end:net]


def train_bars(head: Head, seed: int = 0, steps: int = 80, size: int = 16) -> BarNet:
    """Train on fresh batches of 32 images with Adam at a learning rate of 0.01.

    Args:
        head: ``"spp"`` or ``"flatten"``.
        seed: of the first weights and the images.
        steps: batches, at least 0.
        size: height and width of the images.

    Raises:
        ValueError: if there is no such head.
    """
    if head not in ("spp", "flatten"):
        raise ValueError(f"head must be 'spp' or 'flatten', got {head!r}")
    generator = torch.Generator().manual_seed(seed)
    cells = sum(m * m for m in _LEVELS) if head == "spp" else size * size
    # Fan-in under the root: the usual start for ReLU.
    first, second, matrix = (
        (
            torch.randn(*shape, generator=generator) * (2 / fan_in) ** 0.5
        ).requires_grad_()
        for shape, fan_in in (
            ((_CHANNELS, 1, 3, 3), 9),
            ((_CHANNELS, _CHANNELS, 3, 3), 9 * _CHANNELS),
            ((_CHANNELS * cells, 2), _CHANNELS * cells),
        )
    )
    net = BarNet(first, second, matrix, head)
    optimizer = torch.optim.Adam([first, second, matrix], lr=0.01)
    for _ in range(steps):
        images, labels = bar_images(32, size, generator)
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


@torch.no_grad()
def bar_accuracy(net: BarNet, size: int, seed: int = 100, count: int = 200) -> float:
    """Share of ``count`` fresh images of ``size`` that the network gets right."""
    images, labels = bar_images(count, size, torch.Generator().manual_seed(seed))
    return (net(images).argmax(1) == labels).double().mean().item()
