"""k-means on a line, solved exactly: clusters are intervals of the sorted numbers."""

import numpy as np

from ._points import _integer, _numbers


# --8<-- [start:line]
def kmeans_1d(x: np.ndarray, k: int) -> tuple[float, list[list[float]]]:
    """The least cost of k clusters of numbers, and such clusters.

    A dynamic programme: the last cluster begins somewhere, and the numbers before it
    are a smaller problem. O(k n²) time, O(k n + n²) space.

    Args:
        x: numbers, shape (n,), in any order.
        k: number of clusters, 1 to n; none is empty.

    Returns:
        The sum of the squared distances to the clusters' means, and the clusters from
        left to right, each sorted.

    Raises:
        ValueError: if ``x`` has not one axis, is empty or not finite, or ``k`` is not
            in 1..n.
    """
    x = np.sort(_numbers("x", x, 1))
    n = len(x)
    k = _integer("k", k, 1, n)
    cost = _interval_costs(x)
    best = cost[0]  # of one cluster, up to each place
    begins: list[np.ndarray] = []
    for _ in range(1, k):
        # from [j, i]: the last cluster is x[j..i], the others share x[..j-1].
        before = np.concatenate([[np.inf], best[:-1]])
        choices = before[:, None] + cost
        begins.append(choices.argmin(axis=0))
        best = choices.min(axis=0)
    clusters, end = [], n
    for begin in [*reversed(begins), np.zeros(n, int)]:
        start = int(begin[end - 1])
        clusters.append([float(value) for value in x[start:end]])
        end = start
    return float(best[-1]), clusters[::-1]
    # --8<-- [end:line]


# --8<-- [start:costs]
def _interval_costs(x: np.ndarray) -> np.ndarray:
    """Squared deviations of x[j..i] from their mean at [j, i]; infinite for j > i.

    Each interval is its left part and one number more (Welford): sums of squares less
    squares of sums would cancel.
    """
    n = len(x)
    cost = np.full((n, n), np.inf)
    cost[range(n), range(n)] = 0
    means = x.copy()  # of the intervals that begin at each place, as they grow
    for length in range(2, n + 1):
        starts = np.arange(n - length + 1)
        ends = starts + length - 1
        off = x[ends] - means[starts]
        cost[starts, ends] = cost[starts, ends - 1] + off**2 * (length - 1) / length
        means[starts] += off / length
    return cost
    # --8<-- [end:costs]
