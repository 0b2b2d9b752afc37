"""A decision tree with sample weights: the member that most ensembles are made of.

One rule for classes and numbers: split where the weighted squared deviation falls most.
On one-hot labels that deviation is the Gini impurity, so this is CART.
A row goes left if ``x <= threshold``, as in scikit-learn.

Reference:
    Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from .learners import Predict


@dataclass(frozen=True)
class _Node:
    """A leaf, or with ``left`` and ``right`` a question about one feature."""

    value: object  # prediction of a leaf
    feature: int = -1
    threshold: float = 0.0
    left: "_Node | None" = None
    right: "_Node | None" = None


@dataclass(frozen=True)
class TreeLite:
    """Settings of a tree; ``TreeLite(...).fit`` is a learner.

    Attributes:
        max_depth: greatest number of questions in a row, >= 0; None grows until the
            labels in every leaf are equal.
        classify: True for labels, False for numbers.
        max_features: how many features each question may choose from, drawn anew for
            each; None for all. This is what makes a random forest of bagged trees.
        rng: draws them; needed with ``max_features`` only.
    """

    max_depth: int | None = None
    classify: bool = True
    max_features: int | None = None
    rng: np.random.Generator | None = None

    def __post_init__(self) -> None:
        if self.max_depth is not None and self.max_depth < 0:
            raise ValueError(f"max_depth must be None or >= 0, got {self.max_depth}")
        if self.max_features is not None:
            if self.max_features < 1:
                raise ValueError(f"max_features must be >= 1, got {self.max_features}")
            if self.rng is None:
                raise ValueError("max_features needs an rng, got None")

    def fit(
        self, X: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None
    ) -> Predict:
        """Grow a tree; this object stays as it is, so one can fit many.

        Args:
            X: shape (n, d), finite.
            y: shape (n,): labels, or finite numbers.
            weight: shape (n,), >= 0, not all 0; None for equal weights.

        Returns:
            A function from an array of shape (m, d) to (m,) predictions.

        Raises:
            ValueError: if shapes or values are not as said.
        """
        X, y = np.asarray(X, float), np.asarray(y)
        w = np.ones(len(X)) if weight is None else np.asarray(weight, float)
        if X.ndim != 2 or X.size == 0 or not y.shape == w.shape == X.shape[:1]:
            shapes = f"{X.shape}, {y.shape}, {w.shape}"
            raise ValueError(f"X, y, weight must be (n, d), (n,), (n,), got {shapes}")
        if not np.isfinite(X).all():
            raise ValueError("X must be finite, got NaN or infinity")
        if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
            raise ValueError("weight must be finite, >= 0 and not all 0")
        X, y, w = X[w > 0], y[w > 0], w[w > 0]
        if self.classify:
            labels, number = np.unique(y, return_inverse=True)
            targets = np.eye(len(labels))[number]
        else:
            labels, targets = None, y.astype(float)[:, None]
            if not np.isfinite(targets).all():
                raise ValueError("y must be finite, got NaN or infinity")
        root = self._grow(X, targets, w, labels, self.max_depth)
        return partial(_predict, root, X.shape[1])

    def _grow(self, X, targets, w, labels, depth) -> _Node:
        mean = w @ targets / w.sum()
        leaf = _Node(mean[0] if labels is None else labels[mean.argmax()])
        if depth == 0 or (targets == targets[0]).all():
            return leaf
        features = np.flatnonzero((X[0] != X).any(0))  # the others cannot split
        if len(features) == 0:
            return leaf
        if self.max_features is not None:
            features = self.rng.permutation(features)[: self.max_features]
        j, threshold = best_split(X[:, features], targets - mean, w)
        goes_left = X[:, features[j]] <= threshold
        children = [
            self._grow(
                X[s], targets[s], w[s], labels, None if depth is None else depth - 1
            )
            for s in (goes_left, ~goes_left)
        ]
        return _Node(leaf.value, int(features[j]), threshold, *children)


@dataclass(frozen=True)
class Stump(TreeLite):
    """A tree that asks one question."""

    max_depth: int | None = 1


# --8<-- [start:split]
def best_split(X: np.ndarray, targets: np.ndarray, w: np.ndarray) -> tuple[int, float]:
    """The feature and threshold with the least weighted squared deviation.

    Args:
        X: shape (n, f), no column constant.
        targets: shape (n, c), with weighted mean 0 in every column.
        w: shape (n,), > 0.

    Returns:
        Column, and the middle between two neighbouring values of it. The first of
        equals, by column, then by value.
    """
    order = X.argsort(axis=0, kind="stable")  # (n, f)
    x = np.take_along_axis(X, order, 0)
    weights, sums = w[order], (w[:, None] * targets)[order]  # (n, f), (n, f, c)
    gain = np.zeros((len(X) - 1, X.shape[1]))
    for step, cut in ((1, slice(None)), (-1, slice(None, None, -1))):  # left, right
        # Summed from each end: a difference of sums would lose tiny weights.
        W, S = weights[::step].cumsum(0)[:-1], sums[::step].cumsum(0)[:-1]
        gain += ((S**2).sum(-1) / W)[cut]
    gain[x[1:] == x[:-1]] = -np.inf  # equal values cannot be parted
    best = gain >= gain.max() * (1 - 1e-12)  # ties, whatever the rounding
    j, i = divmod(int(best.T.argmax()), len(X) - 1)
    low, high = x[i, j], x[i + 1, j]
    middle = low / 2 + high / 2
    return j, float(middle if middle < high else low)
    # --8<-- [end:split]


def _predict(root: _Node, d: int, X: np.ndarray) -> np.ndarray:
    X = np.asarray(X, float)
    if X.ndim != 2 or X.shape[1] != d:
        raise ValueError(f"X must have shape (m, {d}), got {X.shape}")
    result = np.empty(len(X), np.asarray(root.value).dtype)
    todo = [(root, np.arange(len(X)))]
    while todo:
        node, rows = todo.pop()
        if node.left is None:
            result[rows] = node.value
        else:
            left = X[rows, node.feature] <= node.threshold
            todo += [(node.left, rows[left]), (node.right, rows[~left])]
    return result
