"""A learned position table, stretched to another grid of patches."""

import math

import numpy as np

from ._checks import Pair, array, integer, pair


# --8<-- [start:resize]
def resize_positions(
    table: np.ndarray, new_grid: int | Pair, prefix: int = 1
) -> np.ndarray:
    """Interpolate a square table of positions bilinearly, with half-pixel centres.

    On the way to a smaller grid nothing is blurred first, so rows may be skipped.

    Args:
        table: shape (prefix + g², d), finite floats, the grid row by row.
        new_grid: (rows, columns) of the new grid.
        prefix: rows before the grid (class token, registers); they are kept.

    Returns:
        Shape (prefix + rows * columns, d), of the dtype of table.

    Raises:
        ValueError: if an argument is not as above.
    """
    table = array("table", table, "(prefix + g², d)", kinds="f")
    rows, columns = pair("new_grid", new_grid, "(rows, columns)")
    prefix = integer("prefix", prefix, 0)
    g = math.isqrt(max(len(table) - prefix, 0))
    if g == 0 or prefix + g * g != len(table):
        raise ValueError(
            f"table must have prefix + g² rows with g >= 1, got {len(table)} rows"
            f" for prefix {prefix}"
        )
    if not np.isfinite(table).all():  # 0 times NaN is NaN: it would spread
        raise ValueError("table must be finite, got NaN or an infinity")
    grid = table[prefix:].reshape(g, g, -1)  # times float64, and rounded once, below
    grid = np.tensordot(_weights(g, rows), grid, axes=1)  # rows, g, d
    grid = _weights(g, columns) @ grid  # rows, columns, d
    new = grid.reshape(rows * columns, -1).astype(table.dtype)
    return np.concatenate([table[:prefix], new])


def _weights(g: int, new: int) -> np.ndarray:
    """Shape (new, g): what each new place takes of the old ones; a row adds up to 1."""
    at = (np.arange(new) + 0.5) * g / new - 0.5  # half a pixel is half a pixel
    at = np.clip(at, 0, g - 1)
    return np.maximum(1 - np.abs(at[:, None] - np.arange(g)), 0)
    # --8<-- [end:resize]
