"""Lloyd's algorithm: label by the nearest centre, move the centres to the means."""

import numpy as np

from ._points import _integer, _points, _squared_distances
from .seeding import kmeans_plus_plus


# --8<-- [start:inertia]
def inertia(X: np.ndarray, centers: np.ndarray) -> float:
    """Sum of the squared distances of all points to their nearest centres.

    Args:
        X: points, shape (n, d).
        centers: shape (k, d).

    Raises:
        ValueError: if an array has not two axes, is empty or not finite, or the numbers
            of columns differ.
    """
    X = _points("X", X)
    centers = _points("centers", centers, X.shape[1])
    return float(_squared_distances(X, centers).min(axis=1).sum())
    # --8<-- [end:inertia]


# --8<-- [start:lloyd]
def lloyd_steps(
    X: np.ndarray, centers: np.ndarray, max_iter: int = 100
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Labels, new means and their cost, for each round until labels repeat.

    A point equally near to several centres joins the first of them. A cluster
    without points takes the point that is farthest from its own centre, of a cluster
    that has others; of equally far ones the first. The run ends with the labels of any
    earlier round: those of the round before, or, where rounded means let labels of
    equal cost go round in circles, older ones.

    Args:
        X: points, shape (n, d).
        centers: where to start, shape (k, d), at most n.
        max_iter: most rounds, at least 1.

    Returns:
        For each round, the one that repeats included: labels from the centres before,
        shape (n,); the means of the points so labelled, (k, d); and the sum of the
        squared distances of the points to the means of their labels.

    Raises:
        ValueError: if an array has not two axes, is empty or not finite, the numbers
            of columns differ, there are more centres than points, or ``max_iter`` < 1.
    """
    X = _points("X", X)
    centers = _points("centers", centers, X.shape[1])
    _integer("number of centers", len(centers), 1, len(X))
    steps: list[tuple[np.ndarray, np.ndarray, float]] = []
    seen: set[bytes] = set()
    for _ in range(_integer("max_iter", max_iter, 1)):
        squared = _squared_distances(X, centers)
        labels = _assign(squared)
        centers = np.array([X[labels == j].mean(axis=0) for j in range(len(centers))])
        cost = float(((X - centers[labels]) ** 2).sum())
        steps.append((labels, centers, cost))
        if labels.tobytes() in seen:
            break
        seen.add(labels.tobytes())
    return steps
    # --8<-- [end:lloyd]


# --8<-- [start:empty]
def _assign(squared: np.ndarray) -> np.ndarray:
    """The nearest centres, and a point for each centre without: no mean of none."""
    labels, own = squared.argmin(axis=1), squared.min(axis=1)
    for j in range(squared.shape[1]):
        sizes = np.bincount(labels, minlength=squared.shape[1])
        if sizes[j] == 0:  # points that were given away are alone, and stay
            labels[np.where(sizes[labels] > 1, own, -1).argmax()] = j
    return labels
    # --8<-- [end:empty]


# --8<-- [start:kmeans]
def kmeans(
    X: np.ndarray, k: int, seed: int = 0, n_init: int = 10
) -> tuple[np.ndarray, np.ndarray, float]:
    """The best of several runs of Lloyd's algorithm, each from k-means++ seeds.

    Args:
        X: points, shape (n, d).
        k: number of clusters, 1 to n.
        seed: of the generator that draws all seeds.
        n_init: number of runs, at least 1; each has at most 100 rounds.

    Returns:
        Centres, shape (k, d); labels, shape (n,); and the sum of the squared distances
        of the points to the centres of their labels.

    Raises:
        ValueError: if ``X`` has not two axes, is empty or not finite, ``k`` is not in
            1..n, ``n_init`` < 1, or ``seed`` < 0.
    """
    rng = np.random.default_rng(_integer("seed", seed, 0))
    runs = [
        lloyd_steps(X, kmeans_plus_plus(X, k, rng))[-1]
        for _ in range(_integer("n_init", n_init, 1))
    ]
    labels, centers, cost = min(runs, key=lambda run: run[2])
    return centers, labels, cost
    # --8<-- [end:kmeans]
