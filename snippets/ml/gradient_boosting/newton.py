"""XGBoost's boosting: second derivative and penalties choose the splits too.

Source: Chen and Guestrin 2016, arXiv:1603.02754.
"""

import math
from typing import Self

import numpy as np

from ._checks import _data, _features, _integer, _share, _targets
from .derivatives import grad_hess
from .gain import TreeRules
from .histogram import build_tree_histogram, make_bins
from .tree import Node, build_tree, predict_tree, presort


class XGBLite:
    """Boosting with second-order trees; by exact search as xgboost's ``exact``.

    Args:
        n_rounds: number of trees, >= 1.
        max_depth: depth of each, >= 1.
        eta: share of each tree's weights that is added, in (0, 1].
        lam: L2 penalty; ``alpha`` the L1 penalty.
        gamma: penalty for a leaf, in the paper's scale: half of the library's.
        min_child_weight: smallest sum of second derivatives in a child.
        base_score: prediction before any tree; a probability for ``"logistic"``. None
            for the mean of the targets, as in xgboost 3.
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
        base_score: float | None = None,
        objective: str = "squarederror",
        sketch_eps: float | None = None,
    ) -> None:
        self.rules = TreeRules(max_depth, lam, gamma, alpha, min_child_weight)
        n_rounds = _integer("n_rounds", n_rounds, 1)
        _share("eta", eta)
        _targets(np.empty(0), objective)
        if sketch_eps is not None:
            _share("sketch_eps", sketch_eps)
        if base_score is not None:
            _margin(base_score, objective)
        self.n_rounds, self.eta, self.objective = n_rounds, eta, objective
        self.base_score, self.sketch_eps = base_score, sketch_eps
        self.trees: list[Node] = []
        self.base_margin, self.columns = 0.0, 0

    # --8<-- [start:fit]
    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Grow ``n_rounds`` trees on ``X``, shape (n, d), and ``y``, shape (n,).

        Raises:
            ValueError: if ``X`` or ``y`` is not allowed, they differ in length, or
                all labels are the same and ``base_score`` is None.
        """
        X, y = _data(X, y, self.objective)
        start = y.mean() if self.base_score is None else self.base_score
        self.base_margin, self.columns = _margin(start, self.objective), X.shape[1]
        # Order and bins depend on X alone, so all trees share them.
        if self.sketch_eps is None:
            build, shared = build_tree, {"order": presort(X)}
        else:
            build, shared = (
                build_tree_histogram,
                {"bins": make_bins(X, self.sketch_eps)},
            )
        margin = np.full(len(X), self.base_margin)
        self.trees = []
        for _ in range(self.n_rounds):
            g, h = grad_hess(y, margin, self.objective)
            self.trees.append(build(X, g, h, self.rules, **shared))
            margin += self.eta * predict_tree(self.trees[-1], X)
        return self
        # --8<-- [end:fit]

    def predict_margin(self, X: np.ndarray) -> np.ndarray:
        """Margin of each row of ``X``, shape (n, d); shape (n,).

        Raises:
            ValueError: before ``fit``, or if ``X`` is not allowed or has other columns.
        """
        if not self.trees:
            raise ValueError(
                "call fit before predict_margin, got a model without trees"
            )
        X = _features(X, self.columns)
        return self.base_margin + self.eta * sum(
            predict_tree(tree, X) for tree in self.trees
        )


def _margin(base_score: float, objective: str) -> float:
    """The margin at which the model predicts ``base_score`` before any tree."""
    if objective == "squarederror" and math.isfinite(base_score):
        return float(base_score)
    if objective == "logistic" and 0 < base_score < 1:
        return math.log(base_score / (1 - base_score))
    wanted = "finite" if objective == "squarederror" else "in (0, 1) for logistic"
    raise ValueError(f"base_score must be {wanted}, got {base_score}")
