"""XGBoost's boosting: second derivative and penalties choose the splits too.

Source: Chen and Guestrin 2016, arXiv:1603.02754.
"""

import math
from typing import Self

import numpy as np

from .derivatives import _check_rounds, _check_targets, grad_hess
from .gain import TreeRules
from .histogram import build_tree_histogram, make_bins
from .tree import Node, _check_features, build_tree, predict_tree, presort


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
        X, y = _check_features(X), np.asarray(y, float)
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
