"""Example calls of snippets.ml.k_means_and_knn."""

from dataclasses import replace

import numpy as np

from snippets.ml import k_means_and_knn as n
from tests.inputs import Example, Promises, example, normal

X = normal(12, 2).numpy()
CENTERS = normal(3, 2, seed=1).numpy()
Q = normal(5, 2, seed=2).numpy()
LABELS = np.arange(12) % 3


def seeds(X, k):
    return n.kmeans_plus_plus(X, k, np.random.default_rng(0))


def searched(X, leaf, q, k):
    tree = n.KDTree(X, leaf)
    return *tree.query(q, k), tree.visited


EXAMPLES: list[Example] = [
    example(n.inertia, X, CENTERS),
    example(n.lloyd_steps, X, CENTERS, 3),
    replace(example(seeds, X, 3), of=n.kmeans_plus_plus),
    example(n.kmeans, X, 3, 1, 2),
    example(n.kmeans_1d, X[:, 0], 3),
    example(n.knn_predict, X, LABELS, Q, 3),
    example(n.knn_predict, X, LABELS, Q, 3, "distance"),
    example(n.silhouette, X, LABELS),
    replace(example(searched, X, 2, Q[0], 3), of=n.KDTree),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
