"""A latent diffusion model trained in seconds, on drawn shapes with captions.

First the autoencoder, then, with it frozen, the diffusion model on its codes. A caption
is three words: colour, shape, side. Images are (B, 3, 16, 16) in [-1, 1], captions
(B, 3) of word numbers; word 0 is empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from snippets.generative.latent_diffusion import cfg, ddim_sample, scaled_linear_alphas
from snippets.generative.latent_diffusion_model import (
    CHANNELS,
    FACTOR,
    Autoencoder,
    UNet,
    kl_to_standard_normal,
)

COLORS, SHAPES = ("red", "green", "blue"), ("disc", "bar", "post")
SIDES = ("left", "right")
WORDS = ("", *COLORS, *SHAPES, *SIDES)
SIZE, BATCH = 16, 48
RGB = torch.tensor([[1.0, 0.15, 0.1], [0.1, 0.9, 0.2], [0.2, 0.35, 1.0]])


def tokenize(caption: str) -> Tensor:
    """Word numbers of a caption such as "red disc left", shape (3,); "" is all empty.

    Raises:
        ValueError: if a word is unknown or the caption has neither 0 nor 3 words.
    """
    words = caption.split() or [""] * 3
    if len(words) != 3 or not set(words) <= set(WORDS):
        raise ValueError(f"want 3 words out of {', '.join(WORDS[1:])}, got {caption!r}")
    return torch.tensor([WORDS.index(word) for word in words])


def draw_shapes(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """n random images (n, 3, 16, 16) and their captions (n, 3).

    Place and size vary within what the caption says; the background is black, -1. A bar
    lies, a post stands.

    Raises:
        ValueError: if n is below 1.
    """
    if n < 1:
        raise ValueError(f"n must be >= 1, got {n}")

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, 1, 1, generator=generator)

    color, shape = torch.randint(3, (2, n), generator=generator)
    side = torch.randint(2, (n,), generator=generator)
    radius = uniform(2.6, 3.2)
    grid = torch.arange(SIZE) + 0.5
    x = (grid[None, None, :] - uniform(3.8, 4.6) - 7.6 * side[:, None, None]).abs()
    y = (grid[None, :, None] - uniform(6.0, 10.0)).abs()
    distances = torch.stack(  # below 0 inside
        [
            (x**2 + y**2).sqrt() - radius,
            torch.maximum(x - 1.2 * radius, y - 0.4 * radius),
            torch.maximum(x - 0.4 * radius, y - 1.2 * radius),
        ]
    )
    chosen = distances[shape, torch.arange(n)]
    cover = (0.5 - chosen).clamp(0, 1)[:, None]  # soft edges, one pixel wide
    images = 2 * cover * RGB[color][:, :, None, None] - 1
    return images, torch.stack([1 + color, 4 + shape, 7 + side], 1)


# --8<-- [start:first]
def train_autoencoder(
    images: Tensor,
    steps: int,
    generator: torch.Generator,
    kl_weight: float = 1e-6,
    learning_rate: float = 1e-2,
) -> Autoencoder:
    """First stage: squared error of the pixels, and a touch of KL, with Adam.

    Stable Diffusion's adds a perceptual loss and a discriminator, against blur.

    Args:
        images: (n, 3, 16, 16) in [-1, 1].
        steps: number of updates, >= 1.
        generator: decides the initial weights, batches and noise.
        kl_weight: of the mean KL per latent number, against the mean per pixel.
        learning_rate: of Adam, at its peak.

    Returns:
        The autoencoder, frozen.
    """
    seed = int(torch.randint(2**31, (), generator=generator))
    with torch.random.fork_rng(devices=[]):  # leave the global generator alone
        torch.manual_seed(seed)
        model = Autoencoder()
    optimizer, schedule = _adam(model.parameters(), learning_rate, steps)
    for _ in range(steps):
        batch = images[torch.randint(len(images), (BATCH,), generator=generator)]
        mean, log_variance = model.encode(batch)
        noise = torch.randn(mean.shape, generator=generator)
        decoded = model.decode(mean + (0.5 * log_variance).exp() * noise)
        kl = kl_to_standard_normal(mean, log_variance).mean()
        loss = F.mse_loss(decoded, batch) + kl_weight * kl
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.requires_grad_(False)
    # --8<-- [end:first]


@dataclass(frozen=True)
class LatentDiffusion:
    """Both stages, and the number that joins them.

    Attributes:
        autoencoder: the first stage, frozen.
        unet: the second.
        scale: codes are multiplied by it before the second stage, so that their
            standard deviation is 1 (0.18215 in Stable Diffusion 1).
        alphas: cumulative, shape (T,).
    """

    autoencoder: Autoencoder
    unet: UNet
    scale: float
    alphas: Tensor

    # --8<-- [start:generate]
    @torch.no_grad()
    def generate(
        self,
        captions: Tensor,
        guidance: float,
        generator: torch.Generator,
        steps: int = 20,
        eta: float = 0.0,
    ) -> Tensor:
        """Sample a code for each caption, then decode it.

        Args:
            captions: word numbers, (B, 3).
            guidance: scale s of ``cfg``.
            generator: source of the initial noise, and of more if eta > 0.
            steps: of the sampler, with trailing spacing.
            eta: as in ``ddim_step``.

        Returns:
            Images, (B, 3, 16, 16), not clamped to [-1, 1].
        """
        empty = torch.zeros_like(captions)

        def eps(z: Tensor, t: int) -> Tensor:
            both = torch.cat([empty, captions])  # one pass for the two predictions
            times = torch.full((len(both),), float(t))
            return cfg(*self.unet(torch.cat([z, z]), times, both).chunk(2), guidance)

        shape = (len(captions), CHANNELS, SIZE // FACTOR, SIZE // FACTOR)
        z = ddim_sample(eps, shape, self.alphas, steps, eta, generator, "trailing")
        return self.autoencoder.decode(z / self.scale)
        # --8<-- [end:generate]


# --8<-- [start:second]
def train_diffusion(
    autoencoder: Autoencoder,
    images: Tensor,
    captions: Tensor,
    steps: int,
    generator: torch.Generator,
    drop: float = 0.1,
    learning_rate: float = 6e-3,
) -> LatentDiffusion:
    """Second stage: guess the noise in a noisy code, now and then without the caption.

    Args:
        autoencoder: from the first stage; it is not trained further.
        images: (n, 3, 16, 16) in [-1, 1].
        captions: their word numbers, (n, M).
        steps: number of updates, >= 1.
        generator: decides the initial weights, batches, times and noise.
        drop: share of the captions that are emptied, for guidance.
        learning_rate: of Adam, at its peak.
    """
    seed = int(torch.randint(2**31, (), generator=generator))
    with torch.no_grad():
        codes, _ = autoencoder.encode(images)  # frozen: encode once
    scale = 1 / codes.std().item()
    alphas = scaled_linear_alphas().float()
    with torch.random.fork_rng(devices=[]):  # leave the global generator alone
        torch.manual_seed(seed)
        unet = UNet(len(WORDS), captions.shape[1])
    optimizer, schedule = _adam(unet.parameters(), learning_rate, steps)
    for _ in range(steps):
        rows = torch.randint(len(images), (BATCH,), generator=generator)
        t = torch.randint(len(alphas), (BATCH,), generator=generator)
        kept = torch.rand(BATCH, 1, generator=generator) >= drop
        noise = torch.randn(BATCH, *codes.shape[1:], generator=generator)
        a = alphas[t][:, None, None, None]
        noisy = a.sqrt() * scale * codes[rows] + (1 - a).sqrt() * noise
        loss = F.mse_loss(unet(noisy, t.float(), captions[rows] * kept), noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return LatentDiffusion(autoencoder, unet.requires_grad_(False), scale, alphas)
    # --8<-- [end:second]


def _adam(
    parameters: Iterator[nn.Parameter], learning_rate: float, steps: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """Adam with a short warm-up and a long decay."""
    optimizer = torch.optim.Adam(parameters, learning_rate)
    schedule = OneCycleLR(optimizer, learning_rate, total_steps=steps, pct_start=0.1)
    return optimizer, schedule
