"""The two networks of a latent diffusion model, as small as they can be.

The autoencoder turns images (B, 3, 16, 16) into codes (B, 4, 4, 4); Stable Diffusion's
turns (B, 3, 512, 512) into (B, 4, 64, 64). The U-Net predicts the noise in a code,
given the time step and a caption, which it reads by cross-attention. Against the big
one it lacks self-attention, feed-forward layers, depth and the frozen CLIP text
encoder: here tokens are embedded by a table, learnt with the U-Net.

Axes: B batch, C channels, M caption tokens.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from snippets.generative.latent_diffusion import CrossAttention, latent_shape

CHANNELS, FACTOR = 4, 4  # of a code, and pixels per latent position


# --8<-- [start:autoencoder]
class Autoencoder(nn.Module):
    """Compress images 4 x 4 pixels at a time, into 4 numbers and their uncertainty.

    Args:
        width: channels of the hidden layers.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, width, FACTOR, stride=FACTOR),
            nn.SiLU(),
            nn.Conv2d(width, 2 * CHANNELS, 1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(CHANNELS, 2 * width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(2 * width, 3 * FACTOR**2, 1),
            nn.PixelShuffle(FACTOR),
        )

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images (B, 3, h, w) to mean and log-variance, (B, 4, h / 4, w / 4) each.

        Raises:
            ValueError: if the images are not (B, 3, h, w) with sides divisible by 4.
        """
        latent_shape(images.shape[-2:], FACTOR)
        if images.ndim != 4 or images.shape[1] != 3:
            raise ValueError(f"images must be (B, 3, h, w), got {tuple(images.shape)}")
        mean, log_variance = self.encoder(images).chunk(2, 1)
        return mean, log_variance

    def decode(self, latents: Tensor) -> Tensor:
        """Codes (B, 4, h, w) to images (B, 3, 4 h, 4 w)."""
        images: Tensor = self.decoder(latents)
        return images


def kl_to_standard_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) in nats, elementwise."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance)
    # --8<-- [end:autoencoder]


def time_embedding(t: Tensor, width: int) -> Tensor:
    """Sines and cosines of the steps t (B,), shape (B, width), width even."""
    frequencies = torch.exp(torch.linspace(0, -math.log(1e4), width // 2))
    angles = t[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


# --8<-- [start:unet]
class Block(nn.Module):
    """Convolutions that know the time, then cross-attention to the caption."""

    def __init__(self, inputs: int, outputs: int, context: int, heads: int = 4) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.time = nn.Linear(context, outputs)
        self.norms = nn.ModuleList(nn.GroupNorm(8, outputs) for _ in range(2))
        self.skip = nn.Conv2d(inputs, outputs, 1)
        self.attention = CrossAttention(outputs, context, heads)

    def forward(self, x: Tensor, time: Tensor, context: Tensor) -> Tensor:
        """x (B, inputs, h, w), time (B, context), context (B, M, context)."""
        h = self.first(x) + self.time(time)[:, :, None, None]
        h = self.second(F.silu(self.norms[0](h)))
        h = self.skip(x) + F.silu(self.norms[1](h))
        rows = h.flatten(2).transpose(1, 2)  # one query per latent position
        return h + self.attention(rows, context).transpose(1, 2).unflatten(
            2, h.shape[2:]
        )


class UNet(nn.Module):
    """Predict the noise in a code from the code, the time step and a caption.

    Args:
        words: size of the vocabulary; word 0 fills empty places.
        tokens: words per caption, M.
        width: channels at full resolution; twice as many at half of it.
    """

    def __init__(self, words: int, tokens: int, width: int = 32) -> None:
        super().__init__()
        context = 2 * width
        self.tokens = (tokens,)
        self.words = nn.Embedding(words, context)
        self.places = nn.Parameter(0.1 * torch.randn(tokens, context))
        self.time = nn.Sequential(nn.Linear(context, context), nn.SiLU())
        self.enter = nn.Conv2d(CHANNELS, width, 3, padding=1)
        self.before = Block(width, width, context)
        self.shrink = nn.Conv2d(width, width, 3, padding=1, stride=2)
        self.middle = Block(width, 2 * width, context)
        self.after = Block(3 * width, width, context)
        self.leave = nn.Conv2d(width, CHANNELS, 3, padding=1)

    def forward(self, z: Tensor, t: Tensor, captions: Tensor) -> Tensor:
        """Predicted noise, (B, 4, h, w).

        Args:
            z: noisy codes, (B, 4, h, w), h and w even.
            t: time steps, (B,), floating.
            captions: word numbers, (B, M), int64.

        Raises:
            ValueError: if the shapes do not fit.
        """
        latent_shape(z.shape[-2:], 2)
        if not len(z) == len(t) == len(captions) or captions.shape[1:] != self.tokens:
            got = f"{tuple(z.shape)}, {tuple(t.shape)}, {tuple(captions.shape)}"
            want = f"(B, {CHANNELS}, h, w), (B,), (B, {self.tokens[0]})"
            raise ValueError(f"want shapes {want}, got {got}")
        context = self.words(captions) + self.places
        time = self.time(time_embedding(t, context.shape[2]))
        fine = self.before(self.enter(z), time, context)
        coarse = self.middle(self.shrink(fine), time, context)
        grown = F.interpolate(coarse, scale_factor=2.0, mode="nearest")
        out: Tensor = self.leave(self.after(torch.cat([fine, grown], 1), time, context))
        return out
        # --8<-- [end:unet]
