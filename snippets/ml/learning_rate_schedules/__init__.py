"""A learning rate must be large to forget the start and small to quiet the noise.

Steps count from 0: t is the number of steps already made, so that the rate of the
first one is that of t = 0. What a schedule gives is the rate itself, not a factor.

References:
    Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
    arXiv:1608.03983 (the cosine).
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762 (inverse root).
    Hu et al., "MiniCPM: Unveiling the Potential of Small Language Models with Scalable
    Training Strategies", 2024, arXiv:2404.06395 (WSD).
    McCandlish et al., "An Empirical Model of Large-Batch Training", 2018,
    arXiv:1812.06162 (the noise scale).
"""

from .batches import noise_scale
from .noise import bowl_loss, greedy_lrs, sgd_second_moment, stationary_variance
from .shapes import cosine, inverse_sqrt, step_decay, wsd

__all__ = [
    "bowl_loss",
    "cosine",
    "greedy_lrs",
    "inverse_sqrt",
    "noise_scale",
    "sgd_second_moment",
    "stationary_variance",
    "step_decay",
    "wsd",
]
