"""Swin's windows: cut the map, roll it to shift them, mask what the roll has joined."""

import numpy as np

from ._checks import Pair, array, divides, integer, pair


# --8<-- [start:partition]
def window_partition(x: np.ndarray, m: int) -> np.ndarray:
    """Cut a feature map into windows of m x m tokens, numbered row by row.

    Args:
        x: shape (n, h, w, c).
        m: side of a window; divides h and w.

    Returns:
        Shape (n * windows, m², c), of the dtype of x; the windows of an image are
        neighbours.

    Raises:
        ValueError: if an argument is not as above.
    """
    x, m = array("x", x, "(n, h, w, c)"), integer("m", m, 1)
    n, h, w, c = x.shape
    divides("m", m, (h, w))
    cut = x.reshape(n, h // m, m, w // m, m, c).swapaxes(2, 3)
    return cut.reshape(n * (h // m) * (w // m), m * m, c)
    # --8<-- [end:partition]


def window_reverse(windows: np.ndarray, m: int, size: int | Pair) -> np.ndarray:
    """Put the windows of ``window_partition`` back.

    Args:
        windows: shape (n * windows, m², c).
        m: side of a window.
        size: (h, w) of the map.

    Returns:
        Shape (n, h, w, c), of the dtype of windows.

    Raises:
        ValueError: if an argument is not as above.
    """
    windows = array("windows", windows, "(n * windows, m², c)")
    m, (h, w) = integer("m", m, 1), pair("size", size)
    divides("m", m, (h, w))
    rows, columns = h // m, w // m
    many, tokens, c = windows.shape
    if many % (rows * columns) or tokens != m * m:
        raise ValueError(
            f"windows must have shape (n * {rows * columns}, {m * m}, c),"
            f" got {windows.shape}"
        )
    n = many // (rows * columns)
    grid = windows.reshape(n, rows, columns, m, m, c)
    return grid.swapaxes(2, 3).reshape(n, h, w, c)


# --8<-- [start:mask]
def shifted_window_mask(size: int | Pair, m: int, shift: int) -> np.ndarray:
    """Which tokens of a window of the rolled map share one of the shifted grid.

    The map is rolled by -shift in both directions, and what came around is kept apart.

    Args:
        size: (h, w) of the map.
        m: side of a window; divides h and w.
        shift: from 0 to m - 1, the same for both axes.

    Returns:
        Shape (windows, m², m²), bool: True where query (axis 1) may attend to key.

    Raises:
        ValueError: if an argument is not as above.
    """
    (h, w), m = pair("size", size), integer("m", m, 1)
    divides("m", m, (h, w))
    shift = integer("shift", shift, 0)
    if shift >= m:
        raise ValueError(f"shift must be less than m = {m}, got {shift}")
    from_top = np.arange(h) >= h - shift  # rows that came in at the other end
    from_left = np.arange(w) >= w - shift
    part = 2 * from_top[:, None] + from_left
    part = window_partition(part[None, :, :, None], m)[..., 0]
    return part[:, :, None] == part[:, None, :]
    # --8<-- [end:mask]


# --8<-- [start:index]
def relative_position_index(m: int) -> np.ndarray:
    """Where the bias of each pair of tokens of a window stands in its table.

    Args:
        m: side of the window.

    Returns:
        Shape (m², m²), integers from 0 to (2m - 1)² - 1: the row of query minus that of
        key, and likewise the column, both moved to begin at 0, as a two-digit number.

    Raises:
        ValueError: if m is no integer >= 1.
    """
    m = integer("m", m, 1)
    row, column = np.divmod(np.arange(m * m), m)
    down = row[:, None] - row + m - 1  # 0 to 2m - 2
    right = column[:, None] - column + m - 1
    return down * (2 * m - 1) + right
    # --8<-- [end:index]
