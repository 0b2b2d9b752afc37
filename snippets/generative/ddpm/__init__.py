"""Noise is added in T small steps, and a net learns to take it away: DDPM, in numpy.

Steps count from 0 to T - 1 (the papers': from 1 to T); before step 0 is the data.
``eps`` is the noise, ``alphas_bar[t]`` the share of the signal's variance after step t.
The trained example is in ``training.py``.

References:
    Sohl-Dickstein, Weiss, Maheswaranathan, Ganguli, "Deep Unsupervised Learning using
    Nonequilibrium Thermodynamics", 2015, arXiv:1503.03585.
    Ho, Jain, Abbeel, "Denoising Diffusion Probabilistic Models", 2020,
    arXiv:2006.11239.
    Nichol, Dhariwal, "Improved Denoising Diffusion Probabilistic Models", 2021,
    arXiv:2102.09672.
    Salimans, Ho, "Progressive Distillation for Fast Sampling of Diffusion Models",
    2022, arXiv:2202.00512.
"""

from .bound import gaussian_bound, loss_weights
from .process import convert, gaussian_eps, posterior, q_sample
from .sampling import ancestral_sample
from .schedule import Schedule, cosine_betas, linear_betas
from .training import Denoiser, train_denoiser

__all__ = [
    "Denoiser",
    "Schedule",
    "ancestral_sample",
    "convert",
    "cosine_betas",
    "gaussian_bound",
    "gaussian_eps",
    "linear_betas",
    "loss_weights",
    "posterior",
    "q_sample",
    "train_denoiser",
]
