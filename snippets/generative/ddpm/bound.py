"""The variational bound: the weights of its terms, and its value for normal data."""

from __future__ import annotations

import math

import numpy as np

from ._checks import _number
from .sampling import _variances
from .schedule import Schedule


# --8<-- [start:bound]
def loss_weights(schedule: Schedule, variance: str = "beta") -> np.ndarray:
    """Weight of the squared error of the predicted noise in the bound, in each step.

    Args:
        schedule: of T steps, T >= 2 for "posterior".
        variance: of the reverse steps, "beta" or "posterior". The posterior variance
            of step 0 is 0; that of step 1 stands in for it, here and below.

    Returns:
        Shape (T,).

    Raises:
        ValueError: if the variance is unknown, or there is no step 1 to stand in.
    """
    sigma2 = _positive_variances(schedule, variance)
    ratio = schedule.betas / sigma2 * (schedule.betas / schedule.noise_bar)
    return ratio / (2 * schedule.alphas)


def gaussian_bound(
    schedule: Schedule, var: float = 1.0, variance: str = "beta"
) -> float:
    """The negative bound for data N(0, var) and the best prediction, in nats.

    Args:
        schedule: of T steps, T >= 2 for "posterior".
        var: variance of the data, one number, from 0 to 1e50.
        variance: of the reverse steps, as for ``loss_weights``.

    Returns:
        Nats for each point, not below the entropy of the data.

    Raises:
        ValueError: if an argument is out of its range.
    """
    var = _number("var", var, 0, 1e50)
    sigma2 = _positive_variances(schedule, variance)
    share, noise = schedule.alphas_bar, schedule.noise_bar
    unknown = share * var / (share * var + noise)  # variance of the noise, given x_t
    errors = loss_weights(schedule, variance) * unknown
    ratio = schedule.posterior_variance[1:] / sigma2[1:]
    widths = 0.5 * (ratio - 1 - np.log(ratio))
    first = 0.5 * math.log(math.tau * sigma2[0])
    last = 0.5 * (share[-1] * var - share[-1] - math.log(noise[-1]))
    return float(errors.sum() + widths.sum() + first + last)
    # --8<-- [end:bound]


def _positive_variances(schedule: Schedule, variance: str) -> np.ndarray:
    sigma2 = np.array(_variances(schedule, variance))
    if sigma2[0] == 0:
        if len(sigma2) < 2:
            raise ValueError("schedule must have at least 2 steps, got 1")
        sigma2[0] = sigma2[1]
    return sigma2
