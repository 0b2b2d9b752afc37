"""Gradient boosting adds trees that descend a loss; XGBoost adds its curvature.

``GBDTLite`` fits each tree to the negative gradient, as Friedman does, and then sets
the leaves. ``XGBLite`` lets the second derivative and the penalties choose the splits
too. A *margin* is the sum of all trees, before any sigmoid.

Sources: Friedman 2001, doi:10.1214/aos/1013203451, algorithms 1, 2 and 5; Chen and
Guestrin 2016, arXiv:1603.02754.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Self

import numpy as np

from snippets.ml.gradient_boosting_gain import Split as Split
from snippets.ml.gradient_boosting_gain import TreeRules as TreeRules
from snippets.ml.gradient_boosting_gain import leaf_weight as leaf_weight
from snippets.ml.gradient_boosting_gain import split_gain as split_gain
from snippets.ml.gradient_boosting_histogram import (
    build_tree_histogram as build_tree_histogram,
)
from snippets.ml.gradient_boosting_histogram import make_bins as make_bins
from snippets.ml.gradient_boosting_histogram import rows_read as rows_read
from snippets.ml.gradient_boosting_histogram import (
    weighted_quantile_candidates as weighted_quantile_candidates,
)
from snippets.ml.gradient_boosting_tree import Node as Node
from snippets.ml.gradient_boosting_tree import best_split_exact as best_split_exact
from snippets.ml.gradient_boosting_tree import build_tree as build_tree
from snippets.ml.gradient_boosting_tree import check_features, goes_left
from snippets.ml.gradient_boosting_tree import predict_tree as predict_tree
from snippets.ml.gradient_boosting_tree import presort as presort

Predictor = Callable[[np.ndarray], np.ndarray]


# --8<-- [start:derivatives]
def grad_hess(
    y: np.ndarray, margin: np.ndarray, objective: str = "squarederror"
) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative of each row's loss with respect to its margin.

    Args:
        y: shape (n,), targets; 0 or 1 for ``"logistic"``.
        margin: shape (n,).
        objective: ``"squarederror"``, half the squared error, or ``"logistic"``.

    Returns:
        g and h, shape (n,) each.

    Raises:
        ValueError: if the shapes differ, or a target or the objective is not allowed.
    """
    y, margin = np.asarray(y, float), np.asarray(margin, float)
    if y.ndim != 1 or y.shape != margin.shape:
        raise ValueError(
            f"y and margin must have one shape (n,), got {y.shape} and {margin.shape}"
        )
    _check_targets(y, objective)
    if objective == "squarederror":
        return margin - y, np.ones_like(y)
    # g = p - y, written so that neither a large margin nor its 1 - p is rounded away.
    small = np.exp(-np.abs(margin))
    sign = 1 - 2 * y
    g = sign * np.where(sign * margin > 0, 1.0, small) / (1 + small)
    return g, small / (1 + small) ** 2
    # --8<-- [end:derivatives]


class XGBLite:
    """Boosting with second-order trees; equal to xgboost up to its float32.

    Args:
        n_rounds: number of trees, >= 1.
        max_depth: depth of each, >= 1.
        eta: share of each tree's weights that is added, in (0, 1].
        lam: L2 penalty; ``alpha`` the L1 penalty.
        gamma: price of a leaf, in the paper's scale: half of the library's.
        min_child_weight: smallest sum of second derivatives in a child.
        base_score: prediction before any tree; a probability for ``"logistic"``.
        objective: as in ``grad_hess``.
        sketch_eps: None for exact search, else histograms with bins of that share.

    Raises:
        ValueError: if a value is out of range.
    """

    def __init__(
        self,
        n_rounds: int = 20,
        max_depth: int = 3,
        eta: float = 0.3,
        lam: float = 1.0,
        gamma: float = 0.0,
        alpha: float = 0.0,
        min_child_weight: float = 1.0,
        base_score: float = 0.5,
        objective: str = "squarederror",
        sketch_eps: float | None = None,
    ) -> None:
        self.rules = TreeRules(max_depth, lam, gamma, alpha, min_child_weight)
        _check_rounds(n_rounds, eta)
        _check_targets(np.empty(0), objective)
        if objective == "logistic" and not 0 < base_score < 1:
            raise ValueError(
                f"base_score must be in (0, 1) for logistic, got {base_score}"
            )
        if not math.isfinite(base_score):
            raise ValueError(f"base_score must be finite, got {base_score}")
        if sketch_eps is not None and not 0 < sketch_eps <= 1:
            raise ValueError(f"sketch_eps must be in (0, 1], got {sketch_eps}")
        self.n_rounds, self.eta, self.objective = n_rounds, eta, objective
        self.base_score, self.sketch_eps = base_score, sketch_eps
        self.trees: list[Node] = []

    # --8<-- [start:fit]
    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Grow ``n_rounds`` trees on ``X``, shape (n, d), and ``y``, shape (n,).

        Raises:
            ValueError: if ``X`` or ``y`` is not allowed, or they differ in length.
        """
        X, y = check_features(X), np.asarray(y, float)
        # Order and bins depend on X alone, so all trees share them.
        if self.sketch_eps is None:
            build, shared = build_tree, {"order": presort(X)}
        else:
            build, shared = (
                build_tree_histogram,
                {"bins": make_bins(X, self.sketch_eps)},
            )
        margin = np.full(len(X), self._base_margin())
        self.trees = []
        for _ in range(self.n_rounds):
            g, h = grad_hess(y, margin, self.objective)
            self.trees.append(build(X, g, h, self.rules, **shared))
            margin += self.eta * predict_tree(self.trees[-1], X)
        return self
        # --8<-- [end:fit]

    def predict_margin(self, X: np.ndarray) -> np.ndarray:
        """Margin of each row of ``X``, shape (n, d); shape (n,)."""
        margin = np.full(len(X), self._base_margin())
        for tree in self.trees:
            margin += self.eta * predict_tree(tree, X)
        return margin

    def _base_margin(self) -> float:
        p = self.base_score
        return math.log(p / (1 - p)) if self.objective == "logistic" else p


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
        _check_rounds(n_rounds, eta)
        _check_targets(np.empty(0), objective)
        if leaves not in ("newton", "gradient"):
            raise ValueError(f"leaves must be 'newton' or 'gradient', got {leaves!r}")
        self.n_rounds, self.eta, self.objective = n_rounds, eta, objective
        self.leaves, self.learner = leaves, learner
        self.base_margin = 0.0
        self.predictors: list[Predictor] = []

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Start from the best constant, then add ``n_rounds`` learners.

        Raises:
            ValueError: if ``X`` or ``y`` is not allowed, they differ in length, or
                the labels are all the same for ``"logistic"``.
        """
        X, y = check_features(X), np.asarray(y, float)
        _check_targets(y, self.objective)
        mean = float(y.mean()) if y.size else math.nan
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
            margin += self.eta * self.predictors[-1](X)
        return self

    def predict_margin(self, X: np.ndarray) -> np.ndarray:
        """Margin of each row of ``X``, shape (n, d); shape (n,)."""
        margin = np.full(len(X), self.base_margin)
        for predict in self.predictors:
            margin += self.eta * predict(X)
        return margin

    def _tree(
        self, X: np.ndarray, target: np.ndarray, h: np.ndarray, order: list[np.ndarray]
    ) -> Predictor:
        tree = build_tree(X, -target, np.ones_like(target), self.rules, order)
        if self.leaves == "newton":
            tree = set_leaves(tree, X, -target, h)
        return lambda X: predict_tree(tree, X)


def set_leaves(tree: Node, X: np.ndarray, g: np.ndarray, h: np.ndarray) -> Node:
    """The same splits, with the Newton step -G / H of the rows ``X`` in each leaf."""
    if tree.split is None:
        return dataclasses.replace(tree, weight=float(leaf_weight(g.sum(), h.sum(), 0)))
    left = goes_left(tree.split, X[:, tree.split.feature])
    return dataclasses.replace(
        tree,
        left=set_leaves(tree.left, X[left], g[left], h[left]),
        right=set_leaves(tree.right, X[~left], g[~left], h[~left]),
    )


def _check_rounds(n_rounds: int, eta: float) -> None:
    if not isinstance(n_rounds, int | np.integer) or n_rounds < 1:
        raise ValueError(f"n_rounds must be an integer >= 1, got {n_rounds}")
    if not 0 < eta <= 1:
        raise ValueError(f"eta must be in (0, 1], got {eta}")


def _check_targets(y: np.ndarray, objective: str) -> None:
    if objective not in ("squarederror", "logistic"):
        raise ValueError(
            f"objective must be 'squarederror' or 'logistic', got {objective!r}"
        )
    if not np.isfinite(y).all():
        raise ValueError(f"y must be finite, got {y}")
    if objective == "logistic" and not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must be 0 or 1 for logistic, got {np.unique(y)}")
