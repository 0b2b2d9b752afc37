"""The U-Net predicts the noise in a code, given the time step and a caption.

It reads the caption by cross-attention. Against the big one it lacks self-attention,
feed-forward layers, depth and the frozen CLIP text encoder: here tokens are embedded by
a table, learnt with the U-Net.

Axes: B batch, C channels, M caption tokens.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import _check_words, _integer, _wide
from .attention import CrossAttention
from .autoencoder import _CHANNELS, latent_shape


def time_embedding(t: Tensor, width: int) -> Tensor:
    """Sines and cosines of the steps t (B,), shape (B, width), width even.

    Raises:
        ValueError: if t is not (B,) and floating, or width is not an even integer >= 2.
    """
    half, odd = divmod(_integer("width", width, 2), 2)
    if odd:
        raise ValueError(f"width must be even, got {width}")
    if t.ndim != 1 or not t.is_floating_point():
        raise ValueError(f"t must be (B,), floating, got {tuple(t.shape)} of {t.dtype}")
    wide = _wide(t)
    exponents = torch.linspace(
        0, -math.log(1e4), half, dtype=wide.dtype, device=wide.device
    )
    angles = wide[:, None] * exponents.exp()
    return torch.cat([angles.sin(), angles.cos()], 1).to(t.dtype)


# --8<-- [start:unet]
class Block(nn.Module):
    """Convolutions that know the time, then cross-attention to the caption.

    Raises:
        ValueError: if outputs is no multiple of 8 and of heads, or a number is below 1.
    """

    def __init__(self, inputs: int, outputs: int, context: int, heads: int = 4) -> None:
        super().__init__()
        inputs, outputs = _integer("inputs", inputs), _integer("outputs", outputs)
        if outputs % 8:
            raise ValueError(f"outputs must be a multiple of 8, got {outputs}")
        context = _integer("context", context)
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.time = nn.Linear(context, outputs)
        self.norms = nn.ModuleList(nn.GroupNorm(8, outputs) for _ in range(2))
        self.skip = nn.Conv2d(inputs, outputs, 1)
        self.attention = CrossAttention(outputs, context, heads)

    def forward(self, x: Tensor, time: Tensor, context: Tensor) -> Tensor:
        """x (B, inputs, h, w), time (B, context), context (B, M, context)."""
        inputs, width = self.first.in_channels, self.time.in_features
        fits = x.ndim == 4 and time.ndim == 2 and len(x) == len(time) == len(context)
        if not fits or x.numel() == 0 or (x.shape[1], time.shape[1]) != (inputs, width):
            want = f"(B, {inputs}, h, w), (B, {width}), (B, M, {width})"
            got = f"{tuple(x.shape)}, {tuple(time.shape)}, {tuple(context.shape)}"
            raise ValueError(f"x, time, context must be {want}, got {got}")
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
        width: channels at full resolution, a multiple of 8; twice as many at half of
            it.

    Raises:
        ValueError: if a number is no integer >= 1, or width no multiple of 8.
    """

    def __init__(self, words: int, tokens: int, width: int = 32) -> None:
        super().__init__()
        words, tokens = _integer("words", words), _integer("tokens", tokens)
        width = _integer("width", width)
        context = 2 * width
        self.tokens = (tokens,)
        self.words = nn.Embedding(words, context)
        self.places = nn.Parameter(0.1 * torch.randn(tokens, context))
        self.time = nn.Sequential(nn.Linear(context, context), nn.SiLU())
        self.enter = nn.Conv2d(_CHANNELS, width, 3, padding=1)
        self.before = Block(width, width, context)
        self.shrink = nn.Conv2d(width, width, 3, padding=1, stride=2)
        self.middle = Block(width, 2 * width, context)
        self.after = Block(3 * width, width, context)
        self.leave = nn.Conv2d(width, _CHANNELS, 3, padding=1)

    def forward(self, z: Tensor, t: Tensor, captions: Tensor) -> Tensor:
        """Predicted noise, (B, 4, h, w).

        Args:
            z: noisy codes, (B, 4, h, w), h and w even.
            t: time steps, (B,), floating; in 16 bits large ones are rounded.
            captions: word numbers, (B, M), int64.

        Raises:
            ValueError: if the shapes do not fit.
        """
        latent_shape(z.shape[-2:], 2)
        _check_words(captions, self.words.num_embeddings)
        fits = z.ndim == 4 and z.shape[1] == _CHANNELS and t.shape == (len(z),)
        if not fits or captions.shape != (len(z), *self.tokens):
            got = f"{tuple(z.shape)}, {tuple(t.shape)}, {tuple(captions.shape)}"
            want = f"(B, {_CHANNELS}, h, w), (B,), (B, {self.tokens[0]})"
            raise ValueError(f"want shapes {want}, got {got}")
        context = self.words(captions) + self.places
        time = self.time(time_embedding(t, context.shape[2]).to(context.dtype))
        fine = self.before(self.enter(z), time, context)
        coarse = self.middle(self.shrink(fine), time, context)
        grown = F.interpolate(coarse, scale_factor=2.0, mode="nearest")
        out: Tensor = self.leave(self.after(torch.cat([fine, grown], 1), time, context))
        return out
        # --8<-- [end:unet]
