"""Latent diffusion: diffuse the code of an image, not its pixels, and let text steer.

An autoencoder compresses images once; the diffusion model works on its codes and reads
the text through cross-attention; the decoder turns the code it draws into an image.
The parts between are cross-attention, guidance, the schedule and the sampler; a whole
pipeline in miniature is in ``autoencoder``, ``unet`` and ``training``.

Axes: B batch, H heads, N latent positions (queries), M text tokens (keys), d features.

References:
    Rombach, Blattmann, Lorenz, Esser, Ommer, "High-Resolution Image Synthesis with
    Latent Diffusion Models", CVPR 2022, arXiv:2112.10752; Ho, Salimans,
    "Classifier-Free Diffusion Guidance", 2022, arXiv:2207.12598.
"""

from .attention import CrossAttention, cross_attention
from .autoencoder import Autoencoder, kl_to_standard_normal, latent_shape
from .ddim import ddim_sample, ddim_sigma, ddim_step, ddim_timesteps
from .guidance import cfg
from .mixture import CENTERS, SPREAD, guided_samples, mixture_eps
from .schedule import rescale_zero_terminal_snr, scaled_linear_alphas
from .shapes import COLORS, SHAPES, WORDS, draw_shapes, tokenize
from .training import LatentDiffusion, train_autoencoder, train_diffusion
from .unet import Block, UNet, time_embedding

__all__ = [
    "CENTERS",
    "COLORS",
    "SHAPES",
    "SPREAD",
    "WORDS",
    "Autoencoder",
    "Block",
    "CrossAttention",
    "LatentDiffusion",
    "UNet",
    "cfg",
    "cross_attention",
    "ddim_sample",
    "ddim_sigma",
    "ddim_step",
    "ddim_timesteps",
    "draw_shapes",
    "guided_samples",
    "kl_to_standard_normal",
    "latent_shape",
    "mixture_eps",
    "rescale_zero_terminal_snr",
    "scaled_linear_alphas",
    "time_embedding",
    "tokenize",
    "train_autoencoder",
    "train_diffusion",
]
