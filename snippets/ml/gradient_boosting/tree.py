"""One second-order regression tree, its splits found by exact search as in xgboost.

A row goes left if ``x < threshold``; NaN means missing and goes where the split says.
The library computes in float32, and gives no weight to a leaf without curvature
(``H`` 0); here it has one if ``lam`` is above 0.

Sources: Chen and Guestrin, arXiv:1603.02754, algorithms 1 and 3; growing and pruning
follow xgboost's ``updater_colmaker.cc`` and ``updater_prune.cc``.
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from ._checks import _features, _rows
from .gain import Split, TreeRules, _best_boundary, _better, _between, leaf_weight

# The library splits only if twice the gain exceeds 1e-6: a gain of 0 is no gain.
MIN_GAIN = 5e-7


@dataclass(frozen=True)
class Node:
    """A leaf, or with ``split`` an inner node with two children.

    ``weight`` is what the node would predict as a leaf, ``rows`` counts training rows.
    """

    weight: float
    rows: int
    split: Split | None = None
    left: "Node | None" = None
    right: "Node | None" = None

    def leaves(self) -> list["Node"]:
        """The leaves below this node, left to right; itself if it is one."""
        if self.split is None:
            return [self]
        return self.left.leaves() + self.right.leaves()


class _View(Protocol):
    """The rows of one node, in the form that its kind of search needs."""

    G: float
    H: float
    rows: np.ndarray

    def best_split(self) -> Split | None:
        """The best split of these rows, its gain without gamma."""

    def divide(self, split: Split, last: bool) -> tuple[Self, Self]:
        """Left and right rows; if ``last``, they will not be searched."""


# --8<-- [start:grow]
def _grow(view: _View, rules: TreeRules, depth: int = 0) -> Node:
    """Split while it gains, then take back from the bottom what is not worth gamma."""
    weight = float(leaf_weight(view.G, view.H, rules.lam, rules.alpha))
    if rules.min_child_weight * (1 - 2e-9) > view.H:  # only a root can be that light
        weight = 0.0
    leaf = Node(weight, len(view.rows))
    split = view.best_split() if depth < rules.max_depth else None
    if split is None or split.gain <= MIN_GAIN:
        return leaf
    left, right = (
        _grow(half, rules, depth + 1)
        for half in view.divide(split, last=depth + 1 == rules.max_depth)
    )
    if left.split is None and right.split is None and split.gain < rules.gamma:
        return leaf
    return dataclasses.replace(leaf, split=split, left=left, right=right)
    # --8<-- [end:grow]


class _SortedRows:
    """Rows of a node with, for each feature, their order by value: no missing ones."""

    def __init__(self, X, g, h, rules, rows, order):
        self.X, self.g, self.h, self.rules = X, g, h, rules
        self.rows, self.order = rows, order
        self.G, self.H = float(g[rows].sum()), float(h[rows].sum())

    def best_split(self) -> Split | None:
        best = None
        for feature, order in enumerate(self.order):
            x = self.X[order, feature]
            first = np.flatnonzero(np.append(True, x[1:] != x[:-1]))[: len(x)]
            last = np.append(first[1:], len(x)) - 1
            g, h = (
                np.add.reduceat(values[order], first) if len(x) else values[order]
                for values in (self.g, self.h)
            )
            missing = None
            if len(x) < len(self.rows):
                rest = self.rows[np.isnan(self.X[self.rows, feature])]
                missing = float(self.g[rest].sum()), float(self.h[rest].sum())
            found = _best_boundary(g, h, self.G, self.H, missing, self.rules)
            if found is None:
                continue
            gain, group, default_left = found
            at = last[group]
            end = at + 1 == len(x)
            threshold = math.inf if end else _between(float(x[at]), float(x[at + 1]))
            new = Split(feature, threshold, gain, default_left)
            best = new if _better(new, best) else best
        return best

    def divide(self, split: Split, last: bool) -> tuple["_SortedRows", "_SortedRows"]:
        to_left = np.zeros(len(self.X), bool)
        to_left[self.rows] = _goes_left(split, self.X[self.rows, split.feature])

        def half(side: np.ndarray) -> "_SortedRows":
            order = [] if last else [o[side[o]] for o in self.order]
            rows = self.rows[side[self.rows]]
            return _SortedRows(self.X, self.g, self.h, self.rules, rows, order)

        return half(to_left), half(~to_left)


def _goes_left(split: Split, x: np.ndarray) -> np.ndarray:
    """Which of the values ``x``, shape (n,), a split sends left; shape (n,)."""
    return np.where(np.isnan(x), split.default_left, x < split.threshold)


def presort(X: np.ndarray) -> list[np.ndarray]:
    """For each column of ``X``, shape (n, d), its rows by value, missing ones left out.

    Done once and shared by all trees, this is xgboost's column block.

    Raises:
        ValueError: if ``X`` is empty, has other axes, or is infinite.
    """
    X = _features(X)
    present = [np.flatnonzero(~np.isnan(column)) for column in X.T]
    return [
        rows[np.argsort(column[rows], kind="stable")]
        for rows, column in zip(present, X.T)
    ]


def best_split_exact(
    X: np.ndarray,
    g: np.ndarray,
    h: np.ndarray,
    lam: float,
    gamma: float = 0.0,
    min_child_weight: float = 1.0,
    alpha: float = 0.0,
) -> Split | None:
    """Try every boundary of every feature, and both sides for the missing rows.

    Args:
        X: shape (n, d), float; NaN is missing.
        g: shape (n,), first derivatives of the loss.
        h: shape (n,), second derivatives, >= 0.
        lam: L2 penalty; ``alpha`` the L1 penalty.
        gamma: penalty for the extra leaf, taken off the gain.
        min_child_weight: smallest sum of ``h`` in a child.

    Returns:
        The split, or None where none gains more than ``MIN_GAIN``. On ties the first
        feature and the largest threshold, missing rows to the right.

    Raises:
        ValueError: if a penalty is negative, an array has the wrong shape, ``X`` is
            infinite, ``g`` or ``h`` is not finite, or ``h`` is negative.
    """
    rules = TreeRules(1, lam, gamma, alpha, min_child_weight)
    X, g, h = _rows(X, g, h)
    split = _SortedRows(X, g, h, rules, np.arange(len(X)), presort(X)).best_split()
    if split is None or split.gain - gamma <= MIN_GAIN:
        return None
    return split._replace(gain=split.gain - gamma)


def build_tree(
    X: np.ndarray,
    g: np.ndarray,
    h: np.ndarray,
    rules: TreeRules | None = None,
    order: list[np.ndarray] | None = None,
) -> Node:
    """A tree grown by exact search.

    Args:
        X: shape (n, d), float; NaN is missing.
        g: shape (n,), first derivatives of the loss.
        h: shape (n,), second derivatives, >= 0.
        rules: the default ones if None.
        order: ``presort(X)``, if it is at hand; only its columns are counted.

    Raises:
        ValueError: as in ``best_split_exact``, or if ``order`` has other columns.
    """
    rules = rules or TreeRules()
    X, g, h = _rows(X, g, h)
    order = presort(X) if order is None else list(order)
    if len(order) != X.shape[1]:
        raise ValueError(f"order must have {X.shape[1]} columns, got {len(order)}")
    return _grow(_SortedRows(X, g, h, rules, np.arange(len(X)), order), rules)


def predict_tree(tree: Node, X: np.ndarray) -> np.ndarray:
    """Leaf weight of each row of ``X``, shape (n, d); shape (n,).

    Raises:
        ValueError: if ``X`` is not allowed or lacks a column that the tree asks for.
    """
    X = _features(X)
    weights = np.empty(len(X))

    def walk(node: Node, rows: np.ndarray) -> None:
        if node.split is None:
            weights[rows] = node.weight
            return
        if node.split.feature >= X.shape[1]:
            got = f"feature {node.split.feature}, got {X.shape[1]} columns"
            raise ValueError(f"X must have all that the tree asks for: {got}")
        left = _goes_left(node.split, X[rows, node.split.feature])
        walk(node.left, rows[left])
        walk(node.right, rows[~left])

    walk(tree, np.arange(len(X)))
    return weights
