"""Friedman's gradient boosting: each tree fits the negative gradient, then gets leaves.

Source: Friedman 2001, doi:10.1214/aos/1013203451, algorithms 1, 2 and 5.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Self

import numpy as np

from ._checks import _data, _features, _integer, _share, _targets
from .derivatives import grad_hess
from .gain import TreeRules, leaf_weight
from .tree import Node, _goes_left, build_tree, predict_tree, presort

Predictor = Callable[[np.ndarray], np.ndarray]


class GBDTLite:
    """Friedman's gradient boosting: fit the negative gradient by least squares.

    Its trees, like all here, make no split that gains less than ``MIN_GAIN``.

    Args:
        n_rounds: number of learners, >= 1.
        max_depth: depth of each tree, >= 1.
        eta: share of each learner that is added, in (0, 1].
        objective: as in ``grad_hess``.
        leaves: ``"newton"`` resets each leaf to -G / H, ``"gradient"`` keeps the mean
            of its negative gradients. The same thing for ``"squarederror"``.
        learner: called with ``X`` and the negative gradient, returns a predictor. None
            for a regression tree; anything else keeps its own values.

    Raises:
        ValueError: if a value is out of range.
    """

    def __init__(
        self,
        n_rounds: int = 20,
        max_depth: int = 3,
        eta: float = 0.1,
        objective: str = "squarederror",
        leaves: str = "newton",
        learner: Callable[[np.ndarray, np.ndarray], Predictor] | None = None,
    ) -> None:
        # Without penalties and with h = 1 the gain is the drop in squared error, / 2.
        self.rules = TreeRules(max_depth, lam=0.0, min_child_weight=0.0)
        n_rounds = _integer("n_rounds", n_rounds, 1)
        _share("eta", eta)
        _targets(np.empty(0), objective)
        if leaves not in ("newton", "gradient"):
            raise ValueError(f"leaves must be 'newton' or 'gradient', got {leaves!r}")
        self.n_rounds, self.eta, self.objective = n_rounds, eta, objective
        self.leaves, self.learner = leaves, learner
        self.base_margin, self.columns = 0.0, 0
        self.predictors: list[Predictor] = []

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Start from the best constant, then add ``n_rounds`` learners.

        Raises:
            ValueError: if ``X`` or ``y`` is not allowed, they differ in length, or
                the labels are all the same for ``"logistic"``.
        """
        X, y = _data(X, y, self.objective)
        mean = float(y.mean())
        if self.objective == "logistic":
            if not 0 < mean < 1:
                raise ValueError(f"y must hold both labels, got a mean of {mean}")
            self.base_margin = math.log(mean / (1 - mean))
        else:
            self.base_margin = mean
        order = presort(X)
        margin = np.full(len(X), self.base_margin)
        self.predictors = []
        for _ in range(self.n_rounds):
            g, h = grad_hess(y, margin, self.objective)
            learn = self.learner or (
                lambda X, target, h=h: self._tree(X, target, h, order)
            )
            self.predictors.append(learn(X, -g))
            margin += self.eta * _values(self.predictors[-1], X)
        self.columns = X.shape[1]
        return self

    def predict_margin(self, X: np.ndarray) -> np.ndarray:
        """Margin of each row of ``X``, shape (n, d); shape (n,).

        Raises:
            ValueError: before ``fit``, or if ``X`` is not allowed or has other columns.
        """
        if not self.predictors:
            raise ValueError(
                "call fit before predict_margin, got a model without trees"
            )
        X = _features(X, self.columns)
        return self.base_margin + self.eta * sum(_values(f, X) for f in self.predictors)

    def _tree(
        self, X: np.ndarray, target: np.ndarray, h: np.ndarray, order: list[np.ndarray]
    ) -> Predictor:
        tree = build_tree(X, -target, np.ones_like(target), self.rules, order)
        if self.leaves == "newton":
            tree = _set_leaves(tree, X, -target, h)
        return lambda X: predict_tree(tree, X)


def _values(predict: Predictor, X: np.ndarray) -> np.ndarray:
    values = np.asarray(predict(X), float)
    if values.shape != (len(X),):
        raise ValueError(f"a learner must predict ({len(X)},), got {values.shape}")
    return values


def _set_leaves(tree: Node, X: np.ndarray, g: np.ndarray, h: np.ndarray) -> Node:
    """The same splits, with the Newton step -G / H of the rows ``X`` in each leaf."""
    if tree.split is None:
        return dataclasses.replace(tree, weight=float(leaf_weight(g.sum(), h.sum(), 0)))
    left = _goes_left(tree.split, X[:, tree.split.feature])
    return dataclasses.replace(
        tree,
        left=_set_leaves(tree.left, X[left], g[left], h[left]),
        right=_set_leaves(tree.right, X[~left], g[~left], h[~left]),
    )
