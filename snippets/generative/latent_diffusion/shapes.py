"""Drawn shapes with captions: colour, shape, side.

Images are (B, 3, 16, 16) in [-1, 1], captions (B, 3) of word numbers; word 0 is empty.
"""

import torch
from torch import Tensor

from ._checks import _integer

COLORS, SHAPES = ("red", "green", "blue"), ("disc", "bar", "post")
_SIDES = ("left", "right")
WORDS = ("", *COLORS, *SHAPES, *_SIDES)
_SIZE = 16
_RGB = torch.tensor([[1.0, 0.15, 0.1], [0.1, 0.9, 0.2], [0.2, 0.35, 1.0]])


def tokenize(caption: str) -> Tensor:
    """Word numbers of a caption such as "red disc left", shape (3,); "" is all empty.

    Raises:
        ValueError: if a word is unknown or the caption has neither 0 nor 3 words.
    """
    words = (caption.split() or [""] * 3) if isinstance(caption, str) else []
    if len(words) != 3 or not set(words) <= set(WORDS):
        raise ValueError(f"want 3 words out of {', '.join(WORDS[1:])}, got {caption!r}")
    return torch.tensor([WORDS.index(word) for word in words])


def draw_shapes(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """n random images (n, 3, 16, 16) and their captions (n, 3).

    Place and size vary within what the caption says; the background is black, -1. A bar
    lies, a post stands.

    Raises:
        ValueError: if n is no integer >= 1.
    """
    n, where = _integer("n", n), generator.device

    def uniform(low: float, high: float) -> Tensor:
        share = torch.rand(n, 1, 1, generator=generator, device=where)
        return low + (high - low) * share

    color, shape = torch.randint(3, (2, n), generator=generator, device=where)
    side = torch.randint(2, (n,), generator=generator, device=where)
    radius = uniform(2.6, 3.2)
    grid = torch.arange(_SIZE, device=where) + 0.5
    x = (grid[None, None, :] - uniform(3.8, 4.6) - 7.6 * side[:, None, None]).abs()
    y = (grid[None, :, None] - uniform(6.0, 10.0)).abs()
    distances = torch.stack(  # below 0 inside
        [
            (x**2 + y**2).sqrt() - radius,
            torch.maximum(x - 1.2 * radius, y - 0.4 * radius),
            torch.maximum(x - 0.4 * radius, y - 1.2 * radius),
        ]
    )
    chosen = distances[shape, torch.arange(n, device=where)]
    cover = (0.5 - chosen).clamp(0, 1)[:, None]  # soft edges, one pixel wide
    images = 2 * cover * _RGB.to(where)[color][:, :, None, None] - 1
    return images, torch.stack([1 + color, 4 + shape, 7 + side], 1)
