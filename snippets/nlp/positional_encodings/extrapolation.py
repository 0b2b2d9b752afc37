"""Why RoPE breaks beyond the training length: a score fitted to short distances."""

from typing import NamedTuple

import numpy as np

from ._checks import _floats, _integer
from .absolute import inverse_frequencies


class Extremes(NamedTuple):
    """Largest sizes of a fitted score, by where, and of its coefficients."""

    inside: float
    beyond: float
    interpolated: float
    coefficient: float


# --8<-- [start:fit]
def fit_distances(
    seed: int,
    speeds: np.ndarray | None = None,
    length: int = 2048,
    samples: int = 1000,
) -> Extremes:
    """Fit the score that a query gives a key to random values; try longer distances.

    Under RoPE the score of one query and key, over their distance, is a sum of sines
    and cosines, one of each for each pair of features. Their coefficients are fitted by
    ridge regression to values between -1 and 1 at random distances below ``length``.

    Args:
        seed: of the distances and values.
        speeds: radians a position of each pair, floats, shape (n,), n at least 1; those
            of ``inverse_frequencies(128)`` if not given.
        length: of training, at least 1.
        samples: how many distances, at least 1.

    Returns:
        The largest size of the score at 0, 1, ..., length - 1; at length, ...,
        2 length - 1; at the latter divided by 2; and that of a coefficient.

    Raises:
        ValueError: one of the arguments is not such a number or array.
    """
    rng = np.random.default_rng(_integer("seed", seed, 0))
    length, samples = _integer("length", length, 1), _integer("samples", samples, 1)
    pairs = inverse_frequencies(128)
    if speeds is not None:
        pairs, _ = _floats("speeds", speeds)
    if pairs.ndim != 1 or not len(pairs):
        raise ValueError(f"speeds must have shape (n,), n >= 1, got {pairs.shape}")

    def waves(distances: np.ndarray) -> np.ndarray:
        angles = distances[:, None] * pairs
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)

    seen = waves(rng.integers(0, length, samples))
    values = rng.uniform(-1, 1, samples)
    ridge = 1e-6 * np.eye(2 * len(pairs))
    weights = np.linalg.solve(seen.T @ seen + ridge, seen.T @ values)
    long = np.arange(length, 2 * length)
    scores = [waves(at) @ weights for at in (long - length, long, long / 2)]
    return Extremes(*(float(abs(sizes).max()) for sizes in (*scores, weights)))
    # --8<-- [end:fit]
