"""k-means++: seeds that are likely to lie far apart."""

import numpy as np

from ._points import _integer, _points, _squared_distances


# --8<-- [start:seeding]
def kmeans_plus_plus(X: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Draw k of the points, each with a chance that grows with the squared distance.

    The first is any point; then the chance of a point is its squared distance to the
    nearest seed, over the sum of these. Where all are 0, any point is drawn.

    Args:
        X: points, shape (n, d).
        k: number of seeds, 1 to n.
        rng: draws them.

    Returns:
        The seeds, in the order in which they were drawn, shape (k, d).

    Raises:
        ValueError: if ``X`` has not two axes, is empty or not finite, ``k`` is not in
            1..n, or ``rng`` is no generator of numpy.
    """
    X = _points("X", X)
    k = _integer("k", k, 1, len(X))
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    seeds = [X[rng.integers(len(X))]]
    nearest = np.full(len(X), np.inf)
    while len(seeds) < k:
        squared = _squared_distances(X, seeds[-1][None])[:, 0]
        nearest = np.minimum(nearest, squared)
        total = nearest.sum()
        chances = nearest / total if total > 0 else None
        seeds.append(X[rng.choice(len(X), p=chances)])
    return np.array(seeds)
    # --8<-- [end:seeding]
