"""Why RoPE breaks beyond the training length: a fit to short distances, tried on long."""

from typing import NamedTuple

import numpy as np

from ._checks import _integer
from .absolute import inverse_frequencies


class Extremes(NamedTuple):
    """Largest sizes of a fitted score: at distances of training, beyond, interpolated."""

    inside: float
    beyond: float
    interpolated: float


# --8<-- [start:fit]
def fit_distances(
    seed: int, d: int = 128, length: int = 2048, samples: int = 1000
) -> Extremes:
    """Fit the score that a query gives a key to random values; try longer distances.

    Under RoPE the score of one query and key, over their distance, is a sum of sines
    and cosines of d/2 frequencies. Its d coefficients are fitted by ridge regression to
    values between 0 and 1 at random distances below ``length``.

    Args:
        seed: of the distances and values.
        d: features, even, at least 2.
        length: of training, at least 1.
        samples: how many distances, at least 1.

    Returns:
        The largest size of the score at 0, 1, ..., length - 1; at length, ...,
        2 length - 1; and at the latter divided by 2.

    Raises:
        ValueError: one of the numbers is not such an integer.
    """
    rng = np.random.default_rng(_integer("seed", seed, 0))
    length, samples = _integer("length", length, 1), _integer("samples", samples, 1)
    speeds = inverse_frequencies(d)

    def waves(distances: np.ndarray) -> np.ndarray:
        angles = distances[:, None] * speeds
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)

    seen = waves(rng.integers(0, length, samples))
    values = rng.uniform(0, 1, samples)
    ridge = 1e-6 * np.eye(2 * len(speeds))
    weights = np.linalg.solve(seen.T @ seen + ridge, seen.T @ values)
    long = np.arange(length, 2 * length)
    sizes = [abs(waves(at) @ weights).max() for at in (long - length, long, long / 2)]
    return Extremes(*map(float, sizes))
    # --8<-- [end:fit]
