"""How far must one law be carried to become another, and how a network learns to ask.

W1 is the least mean distance of such a transport. Its dual, the best critic whose slope
is at most 1, is what a Wasserstein GAN trains. numpy only; ``training`` needs torch,
and is imported by its own name.

References:
    Arjovsky, Chintala, Bottou, "Wasserstein GAN", 2017, arXiv:1701.07875.
    Gulrajani et al., "Improved Training of Wasserstein GANs", 2017, arXiv:1704.00028.
    Miyato et al., "Spectral Normalization for GANs", 2018, arXiv:1802.05957.
    Sedghi, Gupta, Long, "The Singular Values of Convolutional Layers", 2018,
    arXiv:1805.10408.
"""

from .norms import conv_operator_norm, spectral_norm
from .penalty import gradient_penalty, interpolates
from .transport import gaussian_w2, optimal_critic_1d, wasserstein_1d

__all__ = [
    "conv_operator_norm",
    "gaussian_w2",
    "gradient_penalty",
    "interpolates",
    "optimal_critic_1d",
    "spectral_norm",
    "wasserstein_1d",
]
