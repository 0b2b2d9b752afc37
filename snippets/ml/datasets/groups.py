"""Three groups of points in the plane, with a number that depends on the place."""

from dataclasses import dataclass

import numpy as np

CENTRES = ((2.0, 2.0), (5.0, 3.0), (3.0, 7.0))
# Lower triangular: of a standard normal z, factor @ z has the group's covariance.
FACTORS = (
    ((0.9, 0.0), (0.4, 0.7)),
    ((1.0, 0.0), (-0.5, 0.6)),
    ((1.1, 0.0), (0.9, 0.4)),
)
INTERCEPT, SLOPES, NOISE = 4.0, (1.5, -0.8), 0.5  # of the number to predict


@dataclass(frozen=True)
class Groups:
    """Points, the group of each, and a number to predict.

    Attributes:
        X: places, shape (n, 2), float64, with two decimals.
        y: groups 0, 1 and 2, shape (n,), int64.
        target: 4 + 1.5 x - 0.8 y and noise of standard deviation 0.5, shape (n,),
            float64, with two decimals.
    """

    X: np.ndarray
    y: np.ndarray
    target: np.ndarray


def three_groups(n_each: int = 50, seed: int = 0) -> Groups:
    """Draw the same points for all who give the same seed.

    Groups 0 and 1 overlap, group 2 lies apart; each is an ellipse of its own. Group 0
    comes first, then 1, then 2: shuffle before you take a part.

    Args:
        n_each: points of each group, at least 1.
        seed: of the generator.

    Raises:
        ValueError: if ``n_each`` is no integer of at least 1.
    """
    if isinstance(n_each, bool) or not isinstance(n_each, (int, np.integer)):
        raise ValueError(f"n_each must be an integer of at least 1, got {n_each!r}")
    if n_each < 1:
        raise ValueError(f"n_each must be an integer of at least 1, got {n_each}")
    rng = np.random.default_rng(seed)
    parts = [
        np.array(centre) + rng.standard_normal((n_each, 2)) @ np.array(factor).T
        for centre, factor in zip(CENTRES, FACTORS, strict=True)
    ]
    # Rounded, so that a last bit that differs between machines does not show.
    X = np.concatenate(parts).round(2)
    noise = NOISE * rng.standard_normal(len(X))
    target = (INTERCEPT + X @ np.array(SLOPES) + noise).round(2)
    return Groups(X, np.repeat(np.arange(3), n_each), target)
