"""EM fits a model with hidden labels: guess their probabilities, then fit, in turn.

``X`` has shape (n, d), one row a point. A mixture of K Gaussians is ``w`` (K,), weights
that sum to 1, ``mu`` (K, d), means, and ``S`` (K, d, d), covariances. All is in
float64, with logarithms of densities.

Sources: Dempster, Laird, Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x; Do and
Batzoglou 2008, doi:10.1038/nbt1406; Schwarz 1978, doi:10.1214/aos/1176344136.
"""

from .bound import elbo
from .coins import two_coins
from .criterion import bic
from .mixture import e_step, em, log_likelihood, m_step

__all__ = ["bic", "e_step", "elbo", "em", "log_likelihood", "m_step", "two_coins"]
