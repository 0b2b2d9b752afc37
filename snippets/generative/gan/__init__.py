"""Two networks play against each other: one makes samples, one tells them from data.

The discriminator is a classifier of real against generated; the generator is rewarded
for what is taken for real. Laws are arrays of probabilities here, logarithms natural.

This needs numpy only. ``training``, which trains two small networks, needs torch, and
is imported by its own name.

References:
    Goodfellow et al., "Generative Adversarial Networks", 2014, arXiv:1406.2661.
    Mao et al., "Least Squares Generative Adversarial Networks", 2016,
    arXiv:1611.04076.
    Lim, Ye, "Geometric GAN", 2017, arXiv:1705.02894 (hinge loss).
    Mescheder, Geiger, Nowozin, "Which Training Methods for GANs do actually
    Converge?", 2018, arXiv:1801.04406 (Dirac-GAN, R1).
    Gidel et al., "A Variational Inequality Perspective on Generative Adversarial
    Networks", 2018, arXiv:1802.10551 (extragradient).
"""

from .games import bilinear_game, dirac_gan_eigenvalues
from .losses import discriminator_loss, generator_loss, tabular_generator_gradient
from .value import gan_value, js_divergence, optimal_discriminator

__all__ = [
    "bilinear_game",
    "dirac_gan_eigenvalues",
    "discriminator_loss",
    "gan_value",
    "generator_loss",
    "js_divergence",
    "optimal_discriminator",
    "tabular_generator_gradient",
]
