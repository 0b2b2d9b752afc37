"""Latent diffusion: diffuse the code of an image, not its pixels, and let text steer.

An autoencoder compresses images once; the diffusion model works on its codes and reads
the text through cross-attention; the decoder turns the code it draws into an image.
Here are the parts between: shapes, cross-attention, guidance. The schedule and the
sampler are in ``latent_diffusion_schedule``, a whole pipeline in miniature in
``latent_diffusion_model`` and ``latent_diffusion_training``.

Axes: B batch, H heads, N latent positions (queries), M text tokens (keys), d features.

References:
    Rombach, Blattmann, Lorenz, Esser, Ommer, "High-Resolution Image Synthesis with
    Latent Diffusion Models", CVPR 2022, arXiv:2112.10752; Ho, Salimans,
    "Classifier-Free Diffusion Guidance", 2022, arXiv:2207.12598.
"""

import torch
from torch import Tensor, nn

from snippets.generative.latent_diffusion_schedule import ddim_sample as ddim_sample
from snippets.generative.latent_diffusion_schedule import ddim_sigma as ddim_sigma
from snippets.generative.latent_diffusion_schedule import ddim_step as ddim_step
from snippets.generative.latent_diffusion_schedule import (
    ddim_timesteps as ddim_timesteps,
)
from snippets.generative.latent_diffusion_schedule import (
    rescale_zero_terminal_snr as rescale_zero_terminal_snr,
)
from snippets.generative.latent_diffusion_schedule import (
    scaled_linear_alphas as scaled_linear_alphas,
)


def latent_shape(
    size: tuple[int, int], factor: int = 8, channels: int = 4
) -> tuple[int, int, int]:
    """Shape of an image's code: (channels, height / factor, width / factor).

    Args:
        size: height and width of the image in pixels.
        factor: pixels per latent position, along each side.
        channels: numbers per latent position.

    Raises:
        ValueError: if a side is not a positive multiple of factor, or factor or
            channels is below 1.
    """
    if factor < 1 or channels < 1:
        raise ValueError(f"factor, channels must be >= 1, got {factor}, {channels}")
    height, width = size
    if min(size) < 1 or height % factor or width % factor:
        got = f"{height} x {width}"
        raise ValueError(f"sides must be positive multiples of {factor}, got {got}")
    return channels, height // factor, width // factor


# --8<-- [start:attention]
def cross_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Every latent position takes a weighted mean of what the text tokens say.

    Args:
        q: queries from the latent, shape (B, H, N, d).
        k: keys from the text, shape (B, H, M, d), M >= 1.
        v: values from the text, shape (B, H, M, e).

    Returns:
        Shape (B, H, N, e): rows of softmax(q k^T / sqrt(d)) times v.

    Raises:
        ValueError: if the shapes do not fit, or M or d is 0.
    """
    shapes = f"{tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}"
    if not q.ndim == k.ndim == v.ndim == 4:
        raise ValueError(f"q, k, v must have 4 axes, got {shapes}")
    fits = q.shape[:2] == k.shape[:2] == v.shape[:2] and q.shape[3] == k.shape[3]
    if not fits or k.shape[2] != v.shape[2] or 0 in k.shape[2:]:
        raise ValueError(f"want (B, H, N, d), (B, H, M, d), (B, H, M, e), got {shapes}")
    scores = torch.einsum("bhnd,bhmd->bhnm", q * q.shape[3] ** -0.5, k)
    return torch.einsum("bhnm,bhme->bhne", scores.softmax(-1), v)


class CrossAttention(nn.Module):
    """Multi-head attention whose queries and keys come from different places.

    Args:
        dim: features of a latent position, a multiple of heads.
        context_dim: features of a text token (768 in Stable Diffusion 1).
        heads: number of heads.

    Raises:
        ValueError: if heads is below 1 or does not divide dim.
    """

    def __init__(self, dim: int, context_dim: int, heads: int) -> None:
        super().__init__()
        if heads < 1 or dim < 1 or dim % heads:
            raise ValueError(
                f"dim must be a multiple of heads >= 1, got {dim}, {heads}"
            )
        self.heads = heads
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(context_dim, dim, bias=False)
        self.to_v = nn.Linear(context_dim, dim, bias=False)
        self.to_out = nn.Linear(dim, dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """x (B, N, dim) reads context (B, M, context_dim); returns (B, N, dim)."""
        q = self._split(self.to_q(x))
        k, v = self._split(self.to_k(context)), self._split(self.to_v(context))
        out: Tensor = self.to_out(cross_attention(q, k, v).transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)  # (B, H, N, d)
        # --8<-- [end:attention]


# --8<-- [start:cfg]
def cfg(eps_u: Tensor, eps_c: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance: go on from the unconditional through the conditional.

    Args:
        eps_u: noise predicted with the empty caption, any shape.
        eps_c: noise predicted with the caption, of the same shape.
        scale: s. 0 ignores the caption, 1 is *no guidance*, 7.5 is the default of
            Stable Diffusion. Ho and Salimans' w is s - 1.

    Raises:
        ValueError: if the shapes differ.
    """
    if eps_u.shape != eps_c.shape:
        got = f"{tuple(eps_u.shape)}, {tuple(eps_c.shape)}"
        raise ValueError(f"both predictions must have one shape, got {got}")
    return eps_u + scale * (eps_c - eps_u)
    # --8<-- [end:cfg]
