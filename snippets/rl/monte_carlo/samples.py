"""The mean of independent samples, and how far it is from the expectation.

Reference:
    Metropolis, Ulam, "The Monte Carlo Method", JASA 1949,
    doi:10.1080/01621459.1949.10483310.
"""

import math

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


# --8<-- [start:mean]
def mc_mean(x: ArrayLike) -> float:
    """Mean of independent samples: the estimate of the expectation behind them.

    Args:
        x: samples, shape (n,), n >= 1, finite.

    Raises:
        ValueError: if x is not as above.
    """
    x = _samples(x, at_least=1)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = x.mean()
    if not np.isfinite(mean):  # the sum of large numbers overflowed
        mean = (x / len(x)).sum()
    return float(np.clip(mean, x.min(), x.max()))


def mc_error(x: ArrayLike) -> float:
    """Standard error of ``mc_mean``: the sample standard deviation over sqrt(n).

    Args:
        x: independent samples, shape (n,), n >= 2, finite.

    Raises:
        ValueError: if x is not as above.
    """
    x = _samples(x, at_least=2)
    scale = np.abs(x).max() or 1.0  # the squares of large numbers would overflow
    return float(scale * ((x / scale).std(ddof=1) / math.sqrt(len(x))))
    # --8<-- [end:mean]


def _samples(x: ArrayLike, at_least: int) -> ndarray:
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < at_least or not np.isfinite(x).all():
        wanted = f"x must be finite, shape (n,), n >= {at_least}"
        raise ValueError(f"{wanted}, got shape {x.shape}: {x}")
    return x
