"""The same tree from histograms: bins in place of values, a sibling by subtraction.

Each feature is cut into bins of about equal weight once. A node then sums gradients
per bin, and only boundaries between bins are tried. Of two siblings only the one with
fewer rows is summed; the other is the parent minus it.

Sources: candidates with ranks less than eps apart, Chen and Guestrin, arXiv:1603.02754,
section 3.3 (sorted here, not sketched); subtraction, Ke et al., LightGBM, 2017.
"""

import math
from dataclasses import dataclass

import numpy as np

from ._checks import _curvatures, _features, _integer, _rows, _share
from .gain import Split, TreeRules, _best_boundary, _better, _between
from .tree import Node, _grow


# --8<-- [start:quantiles]
def weighted_quantile_candidates(
    x: np.ndarray, h: np.ndarray, eps: float
) -> np.ndarray:
    """Few values of ``x`` whose weighted ranks lie less than ``eps`` apart.

    The rank of a value is the share of the weight ``h`` below it. Two neighbours may
    only be further apart if no value lies between them.

    Args:
        x: shape (n,), finite.
        h: shape (n,), weights >= 0, not all 0.
        eps: in (0, 1]; about ``1 / eps`` values are picked, at most ``2 / eps + 2``.

    Returns:
        Ascending values of ``x``, the smallest and the largest among them.

    Raises:
        ValueError: if an argument is out of range, or the lengths differ.
    """
    x, h = np.asarray(x, float), _curvatures("h", h)
    if x.ndim != 1 or x.size == 0 or x.shape != h.shape:
        raise ValueError(
            f"x and h must have one shape (n,), n >= 1, got {x.shape} and {h.shape}"
        )
    if not np.isfinite(x).all():
        raise ValueError(f"x must be finite, got {x}")
    if h.sum() == 0:
        raise ValueError(f"h must not be all 0, got {h}")
    _share("eps", eps)
    values, group = np.unique(x, return_inverse=True)
    weight = np.bincount(group.ravel(), weights=h)
    below = np.cumsum(weight) - weight  # rank times the total, free of rounding
    picked = [0]
    while picked[-1] < len(values) - 1:  # each turn goes at least one value further
        here = picked[-1]
        limit = below[here] + eps * weight.sum()
        farthest = int(np.searchsorted(below, limit)) - 1
        picked.append(max(farthest, here + 1))
    return values[picked]
    # --8<-- [end:quantiles]


@dataclass(frozen=True)
class Bins:
    """Features as small integers.

    ``codes``, shape (d, n), numbers the bin of each value, and ``width`` stands for a
    missing one. ``low[f]`` and ``high[f]`` are the extremes of feature f's bins.
    """

    codes: np.ndarray
    width: int
    low: list[np.ndarray]
    high: list[np.ndarray]


def make_bins(X: np.ndarray, eps: float) -> Bins:
    """Cut each column of ``X``, shape (n, d), at its quantile candidates.

    With ``eps <= 1 / n`` every distinct value has a bin of its own.

    Raises:
        ValueError: if ``eps`` is not in (0, 1], or ``X`` is not finite or missing.
    """
    X = _features(X)
    _share("eps", eps)
    low, high, codes = [], [], []
    for column in X.T:
        x = column[~np.isnan(column)]
        values = np.unique(x)
        picks = (
            weighted_quantile_candidates(x, np.ones_like(x), eps) if x.size else values
        )
        first = np.searchsorted(values, picks)
        low.append(picks)
        high.append(values[np.append(first[1:], len(values)) - 1] if x.size else picks)
        codes.append(np.searchsorted(picks, column, side="right") - 1)
    width = max(map(len, low))
    table = np.where(np.isnan(X.T), width, np.stack(codes))
    return Bins(table, width, low, high)


class _Histogram:
    """Rows of a node with, per feature and bin, their count and their sums."""

    def __init__(self, bins, g, h, rules, rows, table=None):
        self.bins, self.g, self.h, self.rules = bins, g, h, rules
        self.rows, self.table = rows, table
        self.G, self.H = float(g[rows].sum()), float(h[rows].sum())

    # --8<-- [start:histogram]
    def summed(self) -> "_Histogram":
        """The same with its table, shape (3, d, width + 1): count, G, H per bin."""
        d, size = len(self.bins.codes), self.bins.width + 1
        cell = (self.bins.codes[:, self.rows] + size * np.arange(d)[:, None]).ravel()
        sums = [
            np.bincount(cell, weights, minlength=d * size)
            for weights in (
                None,
                np.tile(self.g[self.rows], d),
                np.tile(self.h[self.rows], d),
            )
        ]
        self.table = np.stack(sums).reshape(3, d, size)
        return self

    def divide(self, split: Split, last: bool) -> tuple["_Histogram", "_Histogram"]:
        """Both children; the larger one's table is the parent's minus the smaller's."""
        code = self.bins.codes[split.feature, self.rows]
        # Bins do not straddle the threshold, so their lower ends decide.
        low = self.bins.low[split.feature]
        left = np.zeros(self.bins.width + 1, bool)
        left[: len(low)] = low < split.threshold
        left[-1] = split.default_left
        halves = [
            _Histogram(self.bins, self.g, self.h, self.rules, self.rows[side])
            for side in (left[code], ~left[code])
        ]
        if not last:
            small, large = sorted(halves, key=lambda half: len(half.rows))
            large.table = self.table - small.summed().table
            # Of a sum without curvature the difference may leave some rounding.
            large.table[2][large.table[2] < 1e-13 * self.table[2]] = 0.0
        return halves[0], halves[1]
        # --8<-- [end:histogram]

    def best_split(self) -> Split | None:
        best = None
        for feature, (count, G, H) in enumerate(self.table.transpose(1, 0, 2)):
            used = np.flatnonzero(count[:-1])
            missing = (float(G[-1]), float(H[-1])) if count[-1] > 0 else None
            found = _best_boundary(
                G[used], H[used], self.G, self.H, missing, self.rules
            )
            if found is None:
                continue
            gain, group, default_left = found
            threshold = math.inf
            if group + 1 < len(used):
                low, high = self.bins.low[feature], self.bins.high[feature]
                above = low[used[group + 1]]
                threshold = _between(float(high[used[group]]), float(above))
            new = Split(feature, threshold, gain, default_left)
            best = new if _better(new, best) else best
        return best


def build_tree_histogram(
    X: np.ndarray,
    g: np.ndarray,
    h: np.ndarray,
    rules: TreeRules | None = None,
    eps: float = 1 / 256,
    bins: Bins | None = None,
) -> Node:
    """``build_tree``, with the boundaries of bins as the only candidates.

    Args:
        X: shape (n, d), float; NaN is missing.
        g: shape (n,), first derivatives of the loss.
        h: shape (n,), second derivatives, >= 0.
        rules: the default ones if None.
        eps: share of the rows that a bin may hold, if it has several values.
        bins: ``make_bins(X, eps)``, if it is at hand; only its shape is checked.

    Raises:
        ValueError: as in ``build_tree``, or if ``eps`` is not in (0, 1], or ``bins``
            are of another shape.
    """
    rules = rules or TreeRules()
    X, g, h = _rows(X, g, h)
    bins = make_bins(X, eps) if bins is None else bins
    if bins.codes.shape != X.T.shape:
        shapes = f"{X.T.shape}, got {bins.codes.shape}"
        raise ValueError(f"bins.codes must have shape {shapes}")
    return _grow(_Histogram(bins, g, h, rules, np.arange(len(X))).summed(), rules)


def rows_read(tree: Node, max_depth: int) -> tuple[int, int]:
    """Rows that the search of a tree reads per feature: exactly, and by histograms.

    The exact search reads the rows of each node it searches. Histograms read the
    root's, and of two siblings only the smaller one's.

    Raises:
        ValueError: if ``max_depth`` is no integer >= 1.
    """
    max_depth = _integer("max_depth", max_depth, 1)

    def below(node: Node, depth: int) -> tuple[int, int]:
        if node.split is None or depth + 1 == max_depth:
            return 0, 0
        both = [below(child, depth + 1) for child in (node.left, node.right)]
        exact, histogram = (sum(counts) for counts in zip(*both))
        smaller = min(node.left.rows, node.right.rows)
        return exact + node.rows, histogram + smaller

    exact, histogram = below(tree, 0)
    return exact + tree.rows, histogram + tree.rows
