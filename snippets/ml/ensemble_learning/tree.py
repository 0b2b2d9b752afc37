"""A decision tree with sample weights: the member that most ensembles are made of.

One rule for classes and numbers: split where the weighted squared deviation falls most.
On one-hot labels that deviation is the Gini impurity, so this is CART.
A row goes left if ``x <= threshold``, as in scikit-learn.

Reference:
    Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ._checks import _finite, _integer, _rows
from .learners import Predict
from .split import _best_split


@dataclass
class _Node:
    """A leaf, or with ``left`` and ``right`` a question about one feature."""

    value: object = None  # prediction of a leaf
    feature: int = -1
    threshold: float = 0.0
    left: "_Node | None" = None
    right: "_Node | None" = None


@dataclass(frozen=True)
class TreeLite:
    """Settings of a tree; ``TreeLite(...).fit`` is a learner.

    Attributes:
        max_depth: greatest number of questions in a row, >= 0; None grows until the
            labels, or all features, in every leaf are equal.
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
        if self.max_depth is not None:
            _integer("max_depth", self.max_depth, 0)
        if self.max_features is not None:
            _integer("max_features", self.max_features, 1)
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
        X, y = _rows(_finite("X", X, "nd"), y)
        w = np.ones(len(X)) if weight is None else _finite("weight", weight, "n")
        if w.shape != y.shape or w.min() < 0 or w.max() == 0:
            got = f"shape {w.shape}, {w.min()} to {w.max()}"
            raise ValueError(f"need {len(y)} weights >= 0, not all 0, got {got}")
        # Powers of 2 keep sums in range and change no digit.
        w = np.ldexp(w, -np.frexp(w.max())[1])
        X, y, w = X[w > 0], y[w > 0], w[w > 0]
        if not self.classify:
            y = _finite("y", y, "n")
            size = np.frexp(np.abs(y).max())[1]
            root = self._grow(X, np.ldexp(y, -size)[:, None], w)
            return partial(_predict, root, X.shape[1], lambda v: np.ldexp(v, size))
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            raise ValueError("y must be finite, got NaN or infinity")
        labels, number = np.unique(y, return_inverse=True)
        root = self._grow(X, np.eye(len(labels))[number], w)
        return partial(_predict, root, X.shape[1], lambda v: labels[v])

    def _grow(self, X: np.ndarray, targets: np.ndarray, w: np.ndarray) -> _Node:
        root = _Node()
        todo = [(root, np.arange(len(X)), 0)]
        while todo:  # every question parts its rows, so there are at most 2 n - 1 nodes
            node, rows, depth = todo.pop()
            x, t, v = X[rows], targets[rows], w[rows]
            mean = v @ t / v.sum()
            node.value = int(mean.argmax()) if self.classify else float(mean[0])
            features = np.flatnonzero((x[0] != x).any(0))  # the others cannot split
            if depth == self.max_depth or (t == t[0]).all() or len(features) == 0:
                continue
            if self.max_features is not None:
                features = self.rng.permutation(features)[: self.max_features]
            j, node.threshold = _best_split(x[:, features], t - mean, v)
            node.feature = int(features[j])
            goes_left = x[:, node.feature] <= node.threshold
            node.left, node.right = _Node(), _Node()
            todo.append((node.right, rows[~goes_left], depth + 1))
            todo.append((node.left, rows[goes_left], depth + 1))
        return root


@dataclass(frozen=True)
class Stump(TreeLite):
    """A tree that asks one question."""

    max_depth: int | None = 1


def _predict(
    root: _Node, d: int, read: Callable[[np.ndarray], np.ndarray], X: np.ndarray
) -> np.ndarray:
    """What the leaves of the rows of X hold, each number read as ``read`` says."""
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] != d:
        raise ValueError(f"X must have shape (m, {d}), got {X.shape}")
    X = _finite("X", X, "md") if X.size else X
    result = np.empty(len(X), type(root.value))
    todo = [(root, np.arange(len(X)))]
    while todo:  # each node is looked at once
        node, rows = todo.pop()
        if node.left is None:
            result[rows] = node.value
        else:
            left = X[rows, node.feature] <= node.threshold
            todo += [(node.left, rows[left]), (node.right, rows[~left])]
    return read(result)
