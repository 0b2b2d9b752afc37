"""One-to-one assignment of least total cost, exact in cubic time, and its greedy rival.

Rows and columns of the cost matrix are the two sides; every index on the smaller side
is used once. With ties several assignments are best; any one of them is returned.

References:
    Kuhn, "The Hungarian Method for the Assignment Problem", Naval Research Logistics
    Quarterly 1955, doi:10.1002/nav.3800020109.
"""

import numpy as np
import torch
from torch import Tensor


# --8<-- [start:hungarian]
def hungarian(cost: Tensor) -> tuple[Tensor, Tensor]:
    """Assignment with the least sum of costs, by shortest augmenting paths.

    Each row and each column has a price. ``cost - row_price - column_price`` never
    falls below 0 and is 0 on assigned pairs; columns, the longer side, have prices
    <= 0, and 0 if free. This proves that no other assignment is cheaper. Time
    O(n^2 m) for n the smaller and m the larger side.

    Args:
        cost: shape (M, K), finite, any sign; M or K may be 0.

    Returns:
        Rows, ascending, and their columns: int64 on the CPU, shape (min(M, K),).

    Raises:
        ValueError: if ``cost`` is not a matrix of finite real numbers.
    """
    matrix = _finite_matrix(cost)
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    n, m = wide.shape
    row_price, column_price = np.zeros(n), np.zeros(m)
    row_of, column_of = np.full(m, -1), np.full(n, -1)
    for start in range(n):
        # Dijkstra from the free row ``start`` to the nearest free column; an assigned
        # column leads on to its row at no cost.
        distance, came_from = np.full(m, np.inf), np.full(m, -1)
        closed = np.zeros(m, dtype=bool)
        row, travelled = start, 0.0
        for _ in range(m):  # each round closes a column, and one at least is free
            through = travelled + wide[row] - row_price[row] - column_price
            shorter = ~closed & (through < distance)
            distance[shorter], came_from[shorter] = through[shorter], row
            column = int(np.where(closed, np.inf, distance).argmin())
            travelled = distance[column]
            if row_of[column] < 0:
                break
            closed[column] = True
            row = row_of[column]
        else:
            raise RuntimeError(f"want a free column within {m} rounds, got none")
        gain = travelled - distance[closed]
        row_price[start] += travelled
        row_price[row_of[closed]] += gain
        column_price[closed] -= gain
        for _ in range(n):  # along the path, every row moves to its next column
            row = came_from[column]
            row_of[column] = row
            column_of[row], column = column, column_of[row]
            if row == start:
                break
    return _as_pairs(np.arange(n), column_of, swapped=wide is not matrix)
    # --8<-- [end:hungarian]


# --8<-- [start:greedy]
def greedy_match(cost: Tensor) -> tuple[Tensor, Tensor]:
    """Take the cheapest pair, strike out its row and column, repeat: not optimal.

    Arguments, result and errors as for ``hungarian``; of equal entries the first goes.
    """
    left = _finite_matrix(cost).copy()
    pairs = []
    for _ in range(min(left.shape)):
        row, column = np.unravel_index(left.argmin(), left.shape)
        pairs.append((int(row), int(column)))
        left[row], left[:, column] = np.inf, np.inf
    rows, columns = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return _as_pairs(rows, columns, swapped=False)
    # --8<-- [end:greedy]


def _finite_matrix(cost: Tensor) -> np.ndarray:
    if cost.ndim != 2 or cost.is_complex():
        raise ValueError(
            f"cost must be a real matrix, got {tuple(cost.shape)}, {cost.dtype}"
        )
    matrix = cost.detach().cpu().double().numpy()
    if not np.isfinite(matrix).all():
        count = np.count_nonzero(~np.isfinite(matrix))
        raise ValueError(f"cost must be finite, got {count} NaN or infinite entries")
    if matrix.size:  # scale down what is near the largest float: sums would overflow
        matrix = np.ldexp(matrix, min(0, 990 - np.frexp(np.abs(matrix).max())[1]))
    return matrix


def _as_pairs(
    rows: np.ndarray, columns: np.ndarray, swapped: bool
) -> tuple[Tensor, Tensor]:
    if swapped:
        order = columns.argsort()
        rows, columns = columns[order], rows[order]
    return torch.from_numpy(rows.copy()), torch.from_numpy(columns.copy())
