"""How far the best of noisy estimates lies above the best mean, and double's below.

The mean of the maximum of estimates is at least the largest mean; what independent
estimates give on average to the arm that looks best is its mean, which is no larger.
Reference: van Hasselt, "Double Q-learning", NeurIPS 23, 2010; Smith, Winkler, "The
Optimizer's Curse", 2006, doi:10.1287/mnsc.1050.0451.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from ._checks import finite, numbers, real

_X = np.arange(-12, 12.01, 1 / 16)[:, None]
_erfc = np.frompyfunc(math.erfc, 1, 1)


# --8<-- [start:bias]
def maximisation_bias(means: ArrayLike, sigma: float = 1.0) -> tuple[float, float]:
    """Bias of the single and of the double estimator of the largest mean.

    Each arm k has an estimate from N(means[k], sigma^2), and a second one for the
    double estimator, all independent. Single: the largest of the first. Double: the
    second estimate of the arm whose first is largest.

    Args:
        means: true values of the arms, shape (K,), K >= 1.
        sigma: standard deviation of each estimate, > 0.

    Returns:
        The expectation of each estimator, minus the largest mean.

    Raises:
        ValueError: if an argument is not as above, or a bias overflows.
    """
    means, sigma = numbers("means", means), real("sigma", sigma)
    if means.ndim != 1 or not means.size or not np.isfinite(means).all():
        wanted = "means must be finite, shape (K,), K >= 1"
        raise ValueError(f"{wanted}, got shape {means.shape}: {means}")
    if sigma <= 0:
        raise ValueError(f"sigma must be > 0, got {sigma}")
    # In units of sigma from the best arm; beyond 60 an arm is chosen by nobody.
    with np.errstate(over="ignore"):
        arms = np.maximum((means - means.max()) / sigma, -60.0)
    # The trapezoid rule; an arm ends below 1e-30. Rows are places x: one arm is
    # there, all others are below.
    below = np.log(_erfc((arms - _X) / math.sqrt(2)).astype(float) / 2)
    density = np.exp(below.sum(1, keepdims=True) - below - (_X - arms) ** 2 / 2)
    scale = sigma / 16 / math.sqrt(2 * math.pi)
    single, double = float((_X * density).sum()), float((arms * density).sum())
    return finite(single * scale), finite(double * scale)
    # --8<-- [end:bias]
