"""k-nearest neighbours: the label that most of the nearest points have."""

import numpy as np

from ._points import _integer, _points, _squared_distances

WEIGHTS = ("uniform", "distance")


# --8<-- [start:vote]
def knn_predict(
    X: np.ndarray, y: np.ndarray, Q: np.ndarray, k: int = 1, weights: str = "uniform"
) -> np.ndarray:
    """The label with most votes among the k nearest points, for each query.

    Of equally distant points those with lower indices are nearer; of labels with equal
    votes the smallest wins.

    Args:
        X: points, shape (n, d).
        y: their labels, shape (n,), of any type that can be sorted.
        Q: queries, shape (m, d).
        k: number of neighbours, 1 to n.
        weights: "uniform" for one vote each; "distance" for votes of 1 / distance,
            added from the nearest on, where points at distance 0, if there are any,
            vote alone.

    Returns:
        Labels, shape (m,), of the type of ``y``.

    Raises:
        ValueError: if ``X`` or ``Q`` has not two axes, is empty or not finite, the
            numbers of columns differ, there are not as many labels as points, a label
            is NaN, ``k`` is not in 1..n, or ``weights`` is unknown.
    """
    X = _points("X", X)
    Q = _points("Q", Q, X.shape[1])
    k = _integer("k", k, 1, len(X))
    if not isinstance(weights, str) or weights not in WEIGHTS:
        raise ValueError(f"weights must be one of {WEIGHTS}, got {weights!r}")
    y = np.asarray(y)
    if y.shape != (len(X),) or (y != y).any():
        raise ValueError(f"y must be {len(X)} labels, none of them NaN, got {y!r}")
    values, codes = np.unique(y, return_inverse=True)  # sorted
    squared = _squared_distances(Q, X)  # (m, n)
    nearest = squared.argsort(axis=1, kind="stable")[:, :k]
    distance = np.sqrt(np.take_along_axis(squared, nearest, axis=1))
    votes = np.ones_like(distance)
    if weights == "distance":
        first = distance[:, :1]  # 1 / distance, times the least: without overflow
        exact = first == 0
        votes = np.where(exact, distance == 0, first / np.where(exact, 1, distance))
    counts, rows = np.zeros((len(Q), len(values))), np.arange(len(Q))
    for place in range(k):  # in turn, so that labels equally far get equal votes
        counts[rows, codes[nearest[:, place]]] += votes[:, place]
    return values[counts.argmax(axis=1)]
    # --8<-- [end:vote]
