"""One Gaussian for a mixture of several: what each direction of KL makes of it."""

import math

import numpy as np

from ._checks import _count, _finite, _number

GRID = np.linspace(-12, 12, 2001)  # in standard deviations of what is integrated
WEIGHT = np.exp(-(GRID**2) / 2) / math.sqrt(2 * math.pi) * (GRID[1] - GRID[0])


# --8<-- [start:divergences]
def divergences(
    means: np.ndarray, sd: float, mean: float, width: float
) -> tuple[float, float]:
    """KL(p||q) and KL(q||p) of a mixture p and the Gaussian q, by summation.

    Exact to about ten digits while q's width is below ten of p's ``sd``.

    Args:
        means: of p's equally likely Gaussians, shape (k,).
        sd: standard deviation of each, above 0.
        mean: of q.
        width: q's standard deviation, above 0.

    Raises:
        ValueError: if an argument is not allowed.
    """
    means, sd, mean, width = _arguments(means, sd, mean, width)
    x = means[:, None] + sd * GRID  # (k, grid), with WEIGHT: draws of p
    forward = _ln_mixture(x, means, sd) - _ln_normal(x, mean, width)
    x = mean + width * GRID  # (grid,), draws of q
    reverse = _ln_normal(x, mean, width) - _ln_mixture(x, means, sd)
    return float((forward @ WEIGHT).mean()), float(reverse @ WEIGHT)
    # --8<-- [end:divergences]


# --8<-- [start:forward]
def forward_fit(means: np.ndarray, sd: float) -> tuple[float, float]:
    """Mean and standard deviation of the Gaussian q that minimises KL(p||q): p's own.

    Args:
        means: of p's equally likely Gaussians, shape (k,).
        sd: standard deviation of each, above 0.

    Raises:
        ValueError: if an argument is not allowed.
    """
    means, sd, _, _ = _arguments(means, sd, 0.0, 1.0)
    return float(means.mean()), float(np.hypot(sd, means.std()))
    # --8<-- [end:forward]


# --8<-- [start:reverse]
def reverse_fit(
    means: np.ndarray, sd: float, mean: float, width: float, steps: int = 500
) -> tuple[float, float]:
    """Where descent of KL(q||p) leads a Gaussian q: its mean and standard deviation.

    Args:
        means: of p's equally likely Gaussians, shape (k,).
        sd: standard deviation of each, above 0.
        mean: where q starts.
        width: q's first standard deviation, above 0.
        steps: from 1 to 100,000; the result has come to rest after a few hundred.

    Raises:
        ValueError: if an argument is not allowed.
    """
    means, sd, mean, width = _arguments(means, sd, mean, width)
    for _ in range(_count("steps", steps, 100_000)):
        x = mean + width * GRID
        near = np.exp(_ln_normal(x, means[:, None], sd) - _ln_mixture(x, means, sd))
        pull = ((means[:, None] - x) * near).mean(0) / sd**2  # slope of ln p, (grid,)
        by_mean = -(pull @ WEIGHT)
        by_ln_width = -1 - width * ((pull * GRID) @ WEIGHT)
        mean -= 0.5 * sd**2 * by_mean
        # The second derivative is at most about 2 (width / sd)^2: so this step is safe.
        rate = 0.2 / (1 + (width / sd) ** 2 / 4)
        width *= math.exp(-rate * by_ln_width)
    return float(mean), float(width)
    # --8<-- [end:reverse]


def _arguments(
    means: np.ndarray, sd: float, mean: float, width: float
) -> tuple[np.ndarray, float, float, float]:
    means = _finite("means", means)
    if means.ndim != 1 or (np.abs(means) > 1e3).any():
        raise ValueError(f"means must have shape (k,), from -1000 to 1000, got {means}")
    sd, width = _number("sd", sd, 1e-3, 1e3), _number("width", width, 1e-3, 1e3)
    return means, sd, _number("mean", mean, -1e3, 1e3), width


def _ln_normal(x: np.ndarray, mean: np.ndarray | float, sd: float) -> np.ndarray:
    # Less a constant, which cancels against that of the mixture.
    return -(((x - mean) / sd) ** 2) / 2 - math.log(sd)


def _ln_mixture(x: np.ndarray, means: np.ndarray, sd: float) -> np.ndarray:
    parts = _ln_normal(x[None], means.reshape(-1, *[1] * x.ndim), sd)
    return np.logaddexp.reduce(parts) - math.log(len(means))
