"""What PCA sees of one direction among noise, in the limit of many dimensions."""

import math

from ._checks import _number


# --8<-- [start:spike]
def spike(gamma: float, theta: float) -> tuple[float, float]:
    """The largest eigenvalue and how well its direction is found, in the limit.

    Noise of variance 1 in each of d dimensions, one direction of variance 1 + theta, n
    points, d / n -> gamma. Up to theta = sqrt(gamma) the direction is lost.

    Args:
        gamma: dimensions by points, > 0.
        theta: variance beyond that of the noise, > 0.

    Returns:
        The largest eigenvalue of the covariance, and the squared cosine between its
        eigenvector and the direction.

    Raises:
        ValueError: if an argument is no number above 0, or above 1e140.
    """
    gamma = _number("gamma", gamma, zero=False)
    theta = _number("theta", theta, zero=False)
    if theta <= math.sqrt(gamma):
        return (1 + math.sqrt(gamma)) ** 2, 0.0  # the edge of the noise
    ratio = gamma / theta
    return (1 + theta) * (1 + ratio), (1 - ratio / theta) / (1 + ratio)
    # --8<-- [end:spike]
