"""Divergence and density of Gaussians with independent coordinates."""

import math

import numpy as np

from ._checks import _LOG, _array, _pair, _positive


# --8<-- [start:kl]
def gaussian_kl(
    mean: np.ndarray,
    log_var: np.ndarray,
    mean_2: np.ndarray | float = 0.0,
    log_var_2: np.ndarray | float = 0.0,
) -> np.ndarray:
    """KL divergence of one Gaussian from another, both with diagonal covariance.

    Args:
        mean: of the first, shape (..., k).
        log_var: logarithms of its variances, at most 200 in size, same shape.
        mean_2: of the second: a number, or the same shape.
        log_var_2: likewise. Without these two it is N(0, I).

    Returns:
        Nats, summed over the last axis, shape (...).

    Raises:
        ValueError: if shapes differ, or a number is not finite or too large.
    """
    mean, log_var = _pair(mean, log_var)
    mean_2, log_var_2 = _array("mean_2", mean_2), _array("log_var_2", log_var_2, _LOG)
    for name, second in (("mean_2", mean_2), ("log_var_2", log_var_2)):
        if second.shape not in ((), mean.shape):
            wanted = f"a number, or have shape {mean.shape}"
            raise ValueError(f"{name} must be {wanted}, got shape {second.shape}")
    ratio = log_var - log_var_2  # expm1: for nearly equal variances, digits are kept
    away = (mean - mean_2) ** 2 * np.exp(-log_var_2)
    return 0.5 * (away + np.expm1(ratio) - ratio).sum(axis=-1)
    # --8<-- [end:kl]


def gaussian_log_density(x: np.ndarray, mean: np.ndarray, sigma: float) -> np.ndarray:
    """Logarithm of the density of N(mean, sigma^2 I) at x.

    Args:
        x: shape (..., d).
        mean: of the same shape, or (d,).
        sigma: standard deviation of each coordinate, from 1e-50 to 1e50.

    Returns:
        Shape (...). It may exceed 0: a density is not a probability.

    Raises:
        ValueError: if shapes differ, or a number is not finite or out of range.
    """
    x, mean, sigma = _array("x", x), _array("mean", mean), _positive("sigma", sigma)
    if x.ndim == 0 or mean.shape not in (x.shape, x.shape[-1:]):
        raise ValueError(
            f"x must have shape (..., d) and mean that or (d,), got {x.shape} and"
            f" {mean.shape}"
        )
    squares = (((x - mean) / sigma) ** 2).sum(axis=-1)
    return -0.5 * squares - x.shape[-1] * (math.log(sigma) + 0.5 * math.log(math.tau))
