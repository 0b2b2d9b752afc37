"""A latent diffusion model trained in seconds, on drawn shapes with captions.

First the autoencoder, then, with it frozen, the diffusion model on its codes. A caption
is three words: colour, shape, side. Images are (B, 3, 16, 16) in [-1, 1], captions
(B, 3) of word numbers; word 0 is empty.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from ._checks import (
    _check_loss,
    _check_precise,
    _check_size,
    _check_words,
    _integer,
    _weight,
)
from .autoencoder import _CHANNELS, _FACTOR, Autoencoder, kl_to_standard_normal
from .ddim import ddim_sample
from .guidance import cfg
from .schedule import scaled_linear_alphas
from .shapes import _SIZE, WORDS
from .unet import UNet

_BATCH = 48


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
        kl_weight: of the mean KL per latent number, against the mean squared error.
        learning_rate: of Adam, at its peak.

    Returns:
        The autoencoder, frozen, of the type and on the device of the images.

    Raises:
        ValueError: if the images are none, steps is no integer >= 1, a number is
            negative or not finite, or a loss is not finite.
    """
    steps = _integer("steps", steps)
    _check_images(images)
    _check_size(kl_weight=kl_weight, learning_rate=learning_rate)
    seed = int(torch.randint(2**31, (), generator=generator))
    with torch.random.fork_rng(devices=[]):  # leave the global generator alone
        torch.default_generator.manual_seed(seed)  # manual_seed seeds GPUs as well
        model = Autoencoder().to(images)
    optimizer, schedule = _adam(model.parameters(), learning_rate, steps)
    for step in range(steps):
        batch = images[_rows(len(images), generator, images)]
        mean, log_variance = model.encode(batch)
        noise = _normal(mean.shape, generator, images)
        decoded = model.decode(mean + (0.5 * log_variance).exp() * noise)
        kl = kl_to_standard_normal(mean, log_variance).mean()
        loss = F.mse_loss(decoded, batch) + kl_weight * kl
        _check_loss(loss.item(), step)
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

        Raises:
            ValueError: if the captions are none, or as ``ddim_sample``.
        """
        _check_words(captions, len(WORDS))
        like = _weight(self.unet, self.alphas)
        captions = captions.to(like.device)
        empty = torch.zeros_like(captions)

        def eps(z: Tensor, t: int) -> Tensor:
            both = torch.cat([empty, captions])  # one pass for the two predictions
            times = like.new_full((len(both),), float(t))
            found = self.unet(torch.cat([z, z]).to(like), times, both)
            return cfg(*found.to(z).chunk(2), guidance)

        shape = (len(captions), _CHANNELS, _SIZE // _FACTOR, _SIZE // _FACTOR)
        z = ddim_sample(eps, shape, self.alphas, steps, eta, generator, "trailing")
        return self.autoencoder.decode((z / self.scale).to(like))
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

    Raises:
        ValueError: if images or captions are none or not as many, all numbers of the
            codes are equal or one is not finite, a number is out of its range, or a
            loss is not finite.
    """
    steps = _integer("steps", steps)
    _check_images(images)
    _check_words(captions, len(WORDS))
    if len(captions) != len(images):
        came = f"{len(captions)} and {len(images)}"
        raise ValueError(f"captions and images must be as many, got {came}")
    _check_size(learning_rate=learning_rate)
    if not 0 <= drop <= 1:
        raise ValueError(f"drop must be within 0 to 1, got {drop}")
    captions = captions.to(images.device)
    seed = int(torch.randint(2**31, (), generator=generator))
    with torch.no_grad():
        codes, _ = autoencoder.encode(images)  # frozen: encode once
    spread = codes.std().item()
    if not 0 < spread < math.inf:
        raise ValueError(f"codes must differ and be finite, got std {spread}")
    scale = 1 / spread
    alphas = scaled_linear_alphas().to(images)
    with torch.random.fork_rng(devices=[]):  # leave the global generator alone
        torch.default_generator.manual_seed(seed)  # manual_seed seeds GPUs as well
        unet = UNet(len(WORDS), captions.shape[1]).to(images)
    optimizer, schedule = _adam(unet.parameters(), learning_rate, steps)
    where = generator.device
    for step in range(steps):
        rows = _rows(len(images), generator, images)
        t = _rows(len(alphas), generator, images)
        kept = torch.rand(_BATCH, 1, generator=generator, device=where) >= drop
        noise = _normal(torch.Size([_BATCH, *codes.shape[1:]]), generator, images)
        a = alphas[t][:, None, None, None]
        noisy = a.sqrt() * scale * codes[rows] + (1 - a).sqrt() * noise
        shown = captions[rows] * kept.to(images.device)
        loss = F.mse_loss(unet(noisy, t.to(noisy), shown), noise)
        _check_loss(loss.item(), step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return LatentDiffusion(autoencoder, unet.requires_grad_(False), scale, alphas)
    # --8<-- [end:second]


def _rows(n: int, generator: torch.Generator, like: Tensor) -> Tensor:
    """A batch of numbers below n, drawn where the generator is."""
    options = {"generator": generator, "device": generator.device}
    return torch.randint(n, (_BATCH,), **options).to(like.device)


def _normal(shape: torch.Size, generator: torch.Generator, like: Tensor) -> Tensor:
    options = {"generator": generator, "dtype": like.dtype, "device": generator.device}
    return torch.randn(shape, **options).to(like.device)


def _check_images(images: Tensor) -> None:
    if images.ndim != 4 or images.shape[1] != 3 or images.numel() == 0:
        raise ValueError(f"images must be (n, 3, h, w), got {tuple(images.shape)}")
    _check_precise("images", images.dtype)


def _adam(
    parameters: Iterator[nn.Parameter], learning_rate: float, steps: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """Adam with a short warm-up and a long decay."""
    optimizer = torch.optim.Adam(parameters, learning_rate)
    schedule = OneCycleLR(optimizer, learning_rate, total_steps=steps, pct_start=0.1)
    return optimizer, schedule
