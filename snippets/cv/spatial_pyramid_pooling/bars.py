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

from ._checks import integer
from .pyramid import spatial_pyramid_pool

Head = Literal["spp", "flatten"]
_CHANNELS, _LEVELS = 8, (1, 2, 4)


def bar_images(
    count: int, size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Images of one bar, shape (count, 1, size, size), and classes, shape (count,).

    The bar adds 1, the noise has a standard deviation of 0.3.

    Raises:
        ValueError: if count is not an integer >= 0 or size not one >= 1.
    """
    count, size = integer("count", count, 0), integer("size", size, 1)
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

    def __post_init__(self) -> None:
        _check_weights(self)

    def __call__(self, images: Tensor) -> Tensor:
        """Logits, shape (N, 2), of images (N, 1, H, W); H and W free only with spp."""
        _check_images(images, self.first)
        x = F.conv2d(images, self.first, padding=1).relu()
        x = F.conv2d(x, self.second, padding=1).relu()  # any H, W up to here
        pooled = self.head == "spp"
        vector = spatial_pyramid_pool(x, _LEVELS) if pooled else x.flatten(1)
        if vector.shape[1] != len(self.matrix):
            rows, length = len(self.matrix), vector.shape[1]
            raise ValueError(f"the matrix wants {rows} numbers per image, got {length}")
        return vector @ self.matrix
        # --8<-- [end:net]


def _check_head(head: object) -> None:
    if head not in ("spp", "flatten"):
        raise ValueError(f"head must be 'spp' or 'flatten', got {head!r}")


def _check_weights(net: BarNet) -> None:
    _check_head(net.head)
    c = _CHANNELS
    for name, shape in (("first", (c, 1, 3, 3)), ("second", (c, c, 3, 3))):
        got = tuple(getattr(net, name).shape)
        if got != shape:
            raise ValueError(f"{name} must have shape {shape}, got {got}")
    if net.matrix.ndim != 2 or net.matrix.shape[1] != 2:
        got = tuple(net.matrix.shape)
        raise ValueError(f"matrix must have shape (length, 2), got {got}")


def _check_images(images: Tensor, weight: Tensor) -> None:
    least = _LEVELS[-1]
    if images.ndim != 4 or images.shape[1] != 1 or min(images.shape[2:]) < least:
        wanted = f"(N, 1, H, W) with H, W >= {least}"
        raise ValueError(f"images must be {wanted}, got {tuple(images.shape)}")
    if images.dtype != weight.dtype:
        raise ValueError(f"images must be {weight.dtype}, got {images.dtype}")


def train_bars(head: Head, seed: int = 0, steps: int = 80, size: int = 16) -> BarNet:
    """Train on fresh batches of 32 images with Adam at a learning rate of 0.01.

    Args:
        head: ``"spp"`` or ``"flatten"``.
        seed: of the first weights and the images.
        steps: batches, at least 0.
        size: height and width of the images, at least 4.

    Raises:
        ValueError: if there is no such head, or a number is no integer or too small.
    """
    _check_head(head)
    steps, size = integer("steps", steps, 0), integer("size", size, _LEVELS[-1])
    generator = torch.Generator().manual_seed(integer("seed", seed, 0))
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
    """Share of ``count`` fresh images of ``size`` that the network gets right.

    Raises:
        ValueError: if a number is no integer or too small, or the images do not fit.
    """
    generator = torch.Generator().manual_seed(integer("seed", seed, 0))
    images, labels = bar_images(integer("count", count, 1), size, generator)
    right = net(images.to(net.first)).argmax(1).cpu() == labels
    return right.double().mean().item()
