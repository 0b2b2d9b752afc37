"""The silhouette: how much nearer a point is to its own cluster than to the next."""

import numpy as np

from ._points import _integer, _points, _squared_distances


# --8<-- [start:silhouette]
def silhouette(X: np.ndarray, labels: np.ndarray) -> float:
    """Mean over all points of (b - a) / max(a, b), between -1 and 1.

    For each point, a is its mean distance to the others of its cluster, b the least
    mean distance to the points of another. A point alone in its cluster counts as 0,
    and so does one with a = b = 0. O(n²) distances.

    Args:
        X: points, shape (n, d).
        labels: integers, shape (n,), of 2 to n - 1 different values.

    Raises:
        ValueError: otherwise, or if ``X`` is empty or not finite.
    """
    X = _points("X", X)
    labels = np.asarray(labels)
    if labels.shape != (len(X),) or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be {len(X)} integers, got {labels!r}")
    values, own = np.unique(labels, return_inverse=True)
    _integer("number of clusters", len(values), 2, len(X) - 1)
    distances = np.sqrt(_squared_distances(X, X))
    sums = np.stack([distances[:, own == j].sum(1) for j in range(len(values))], 1)
    sizes, rows = np.bincount(own), np.arange(len(X))
    a = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    good = (sizes[own] > 1) & (larger > 0)
    return float(np.where(good, (b - a) / np.where(good, larger, 1), 0).mean())
    # --8<-- [end:silhouette]
