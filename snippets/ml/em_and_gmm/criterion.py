"""A price for components, so that the likelihood cannot buy them without end."""

import math

from ._checks import _integer, _number


# --8<-- [start:bic]
def bic(loglik: float, n: int, d: int, k: int) -> float:
    """Bayesian information criterion of ``k`` Gaussians; smaller is better.

    Args:
        loglik: log-likelihood, summed over the points.
        n: number of points, at least 1.
        d: number of columns, at least 1.
        k: number of components with full covariances, at least 1.

    Raises:
        ValueError: if ``loglik`` is not finite, or a count is no integer of at least 1.
    """
    n, d, k = (_integer(name, v, 1) for name, v in (("n", n), ("d", d), ("k", k)))
    numbers = (k - 1) + k * d + k * d * (d + 1) // 2  # weights, means, covariances
    return -2 * _number("loglik", loglik) + numbers * math.log(n)
    # --8<-- [end:bic]
