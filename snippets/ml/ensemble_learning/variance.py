"""The variance of an average, and the error of a model as bias against variance.

Reference:
    Breiman, "Random Forests", Machine Learning 45, 2001, doi:10.1023/A:1010933404324.
"""

import math
from typing import NamedTuple

import numpy as np

from ._checks import _finite, _integer, _number


# --8<-- [start:variance]
def variance_of_mean(sigma2: float, rho: float, B: int) -> float:
    """Variance of the mean of B members, each of variance sigma2, pairwise correlated.

    Args:
        sigma2: variance of one member, >= 0.
        rho: correlation of any two, in [-1 / (B - 1), 1]; irrelevant if B is 1.
        B: number of members, >= 1.

    Raises:
        ValueError: if an argument is outside its range. Below -1 / (B - 1) the mean
            would have a negative variance: no B variables are so opposed.
    """
    B = _integer("B", B, 1)
    _number("sigma2", sigma2, 0)
    lowest = -1.0 if B == 1 else -1 / (B - 1)
    if not lowest <= rho <= 1:
        raise ValueError(f"rho must be in [{lowest:.4g}, 1] for B = {B}, got {rho}")
    # At the lowest rho the two terms cancel; rounding must not leave -1e-17.
    return max(0.0, sigma2 * (rho + (1 - rho) / B))
    # --8<-- [end:variance]


# --8<-- [start:bias_variance]
class BiasVariance(NamedTuple):
    """Means over the test points; ``bias2 + variance`` is the mean squared error."""

    bias2: float  # of the average model; too large by about variance / R
    variance: float  # around the average model, divided by R
    bias2_unbiased: float  # corrected for the finite number of models; may be < 0


def bias_variance(predictions: np.ndarray, f: np.ndarray) -> BiasVariance:
    """Split the error of R models, each from its own training set, into two parts.

    Args:
        predictions: shape (R, n), R >= 2; row r is model r at n fixed test points.
        f: shape (n,), the noise-free truth there.

    Raises:
        ValueError: if the shapes do not fit, a value is not finite, or a square is not.
    """
    predictions, f = _finite("predictions", predictions, "Rn"), _finite("f", f, "n")
    if predictions.shape[1:] != f.shape:
        shapes = f"{predictions.shape} and {f.shape}"
        raise ValueError(f"predictions and f must be (R, n) and (n,), got {shapes}")
    R = len(predictions)
    if R < 2:
        raise ValueError(f"predictions must hold >= 2 models, got {R}")
    largest = max(np.abs(predictions).max(), np.abs(f).max())
    if largest > 1e150:
        raise ValueError(f"squares of values above 1e150 overflow, got {largest}")
    bias2 = float(((predictions.mean(0) - f) ** 2).mean())
    variance = float(predictions.var(0).mean())
    # The average of R models still wanders by variance / R, which looks like bias.
    return BiasVariance(bias2, variance, bias2 - variance / (R - 1))
    # --8<-- [end:bias_variance]


def member_correlation(predictions: np.ndarray) -> tuple[float, float]:
    """Variance of one ensemble member, and correlation of two, over training sets.

    Args:
        predictions: shape (R, B, n): R training sets, B >= 2 members each, n points.

    Returns:
        ``(sigma2, rho)``: what ``variance_of_mean`` needs to give the variance of the
        mean of the B members, all variances divided by R and averaged over n.

    Raises:
        ValueError: if there are not three axes, R < 2, B < 2, or no member varies.
    """
    predictions = _finite("predictions", predictions, "RBn")
    if min(predictions.shape[:2]) < 2:
        got = predictions.shape
        raise ValueError(f"predictions must be (R, B, n) with R, B >= 2, got {got}")
    B = predictions.shape[1]
    largest = np.abs(predictions).max()
    sigma2 = float(predictions.var(0).mean()) if largest < 1e150 else math.inf
    if not 0 < sigma2 < math.inf:
        raise ValueError(f"the members must vary and be finite, got variance {sigma2}")
    of_mean = float(predictions.mean(1).var(0).mean())
    rho = (of_mean / sigma2 - 1 / B) / (1 - 1 / B)
    return sigma2, min(max(rho, -1 / (B - 1)), 1.0)  # rounding may leave the range
