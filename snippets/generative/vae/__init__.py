"""A model with a hidden cause, fitted by a bound: the parts of a VAE, in numpy.

``x`` has d numbers, ``z`` has k; the prior of z is N(0, I). A network gives the mean of
q(z | x) and the logarithm of its variance (``log_var``), not of its standard deviation.
Logarithms are natural. The linear model is solvable, so all is checked on it. The VAE
that is trained is in ``network.py``, which needs torch.

References:
    Kingma, Welling, "Auto-Encoding Variational Bayes", 2013, arXiv:1312.6114.
    Tipping, Bishop, "Probabilistic Principal Component Analysis", 1999,
    doi:10.1111/1467-9868.00196.
    Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders", 2015,
    arXiv:1509.00519.
"""

from .bound import importance_bound
from .gaussian import gaussian_kl, gaussian_log_density
from .gradients import gradient_samples
from .linear import (
    linear_elbo,
    linear_optimum,
    ppca_fit,
    ppca_log_likelihood,
    ppca_posterior,
)

__all__ = [
    "gaussian_kl",
    "gaussian_log_density",
    "gradient_samples",
    "importance_bound",
    "linear_elbo",
    "linear_optimum",
    "ppca_fit",
    "ppca_log_likelihood",
    "ppca_posterior",
]
