"""A k-d tree: halves of halves of the points, and a search that skips most of them."""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from ._points import _integer, _numbers, _points


@dataclass(frozen=True)
class _Fork:
    """Points with ``x[axis] <= at`` are on the left, with ``>=`` on the right."""

    axis: int
    at: float
    left: "_Fork | np.ndarray"
    right: "_Fork | np.ndarray"


# --8<-- [start:tree]
class KDTree:
    """Finds the nearest of many points.

    Each fork halves its points across the axis on which they spread most, as many
    on either side, however many are equal; so the depth is about log2(n).

    Attributes:
        visited: number of points that the last query was compared with.
    """

    def __init__(self, X: np.ndarray, leaf: int = 1) -> None:
        """Build the tree.

        Args:
            X: points, shape (n, d).
            leaf: most points of a leaf, at least 1.

        Raises:
            ValueError: if ``X`` has not two axes, is empty or not finite, or
                ``leaf`` < 1.
        """
        self._X = _points("X", X).copy()
        self._leaf = _integer("leaf", leaf, 1)
        self._root = self._build(np.arange(len(self._X)))
        self.visited = 0

    def _build(self, rows: np.ndarray) -> "_Fork | np.ndarray":
        if len(rows) <= self._leaf:
            return rows
        axis = int(np.ptp(self._X[rows], axis=0).argmax())
        rows = rows[self._X[rows, axis].argsort(kind="stable")]
        half = len(rows) // 2
        at = float(self._X[rows[half], axis])
        return _Fork(axis, at, self._build(rows[:half]), self._build(rows[half:]))
        # --8<-- [end:tree]

    # --8<-- [start:query]
    def query(self, q: np.ndarray, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Distances and indices of the k nearest points, the nearest first.

        Of equally distant points those with lower indices are nearer.

        Args:
            q: shape (d,).
            k: number of neighbours, 1 to n.

        Returns:
            Distances, shape (k,), and indices, shape (k,).

        Raises:
            ValueError: if ``q`` has another shape or is not finite, or ``k`` is not in
                1..n.
        """
        q = _numbers("q", q, 1)
        if len(q) != self._X.shape[1]:
            raise ValueError(f"q must have {self._X.shape[1]} numbers, got {len(q)}")
        k = _integer("k", k, 1, len(self._X))
        best: list[tuple[float, int]] = []  # negated: the worst of them in front
        self.visited = 0

        def search(node: _Fork | np.ndarray) -> None:
            if isinstance(node, np.ndarray):
                self.visited += len(node)
                squared = ((self._X[node] - q) ** 2).sum(axis=1)
                for pair in zip(-squared, -node, strict=True):
                    heappush(best, pair)
                    if len(best) > k:
                        heappop(best)
                return
            gap = q[node.axis] - node.at
            near, far = node.left, node.right
            if gap >= 0:
                near, far = far, near
            search(near)
            if len(best) < k or gap**2 <= -best[0][0]:
                search(far)

        search(self._root)
        nearest = sorted((-minus, -index) for minus, index in best)
        squared, indices = zip(*nearest, strict=True)
        return np.sqrt(np.array(squared)), np.array(indices)
        # --8<-- [end:query]
