"""Why RoPE breaks beyond the training length: a score fitted to short distances."""

from typing import NamedTuple

import numpy as np

from ._checks import _integer
from .absolute import inverse_frequencies


class Extremes(NamedTuple):
    """Largest sizes of a fitted score: where it was fitted, beyond, interpolated."""

    inside: float
    beyond: float
    interpolated: float


# --8<-- [start:fit]
def fit_distances(
    seed: int,
    d: int = 128,
    length: int = 2048,
    samples: int = 1000,
    pairs: int | None = None,
) -> Extremes:
    """Fit the score that a query gives a key to random values; try longer distances.

    Under RoPE the score of one query and key, over their distance, is a sum of sines
    and cosines of d/2 frequencies. Its d coefficients are fitted by ridge regression to
    values between -1 and 1 at random distances below ``length``.

    Args:
        seed: of the distances and values.
        d: features, even, at least 2.
        length: of training, at least 1.
        samples: how many distances, at least 1.
        pairs: how many of the fastest pairs take part; all d/2 if not given.

    Returns:
        The largest size of the score at 0, 1, ..., length - 1; at length, ...,
        2 length - 1; and at the latter divided by 2.

    Raises:
        ValueError: one of the numbers is not such an integer, or pairs is above d/2.
    """
    rng = np.random.default_rng(_integer("seed", seed, 0))
    length, samples = _integer("length", length, 1), _integer("samples", samples, 1)
    speeds = inverse_frequencies(d)
    pairs = len(speeds) if pairs is None else _integer("pairs", pairs, 1)
    if pairs > len(speeds):
        raise ValueError(f"pairs must be at most d/2 = {len(speeds)}, got {pairs}")

    def waves(distances: np.ndarray) -> np.ndarray:
        angles = distances[:, None] * speeds[:pairs]
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)

    seen = waves(rng.integers(0, length, samples))
    values = rng.uniform(-1, 1, samples)
    ridge = 1e-6 * np.eye(2 * pairs)
    weights = np.linalg.solve(seen.T @ seen + ridge, seen.T @ values)
    long = np.arange(length, 2 * length)
    sizes = [abs(waves(at) @ weights).max() for at in (long - length, long, long / 2)]
    return Extremes(*map(float, sizes))
    # --8<-- [end:fit]
