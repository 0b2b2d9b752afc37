"""Which part of a matrix, and which heads, each rank holds."""

from typing import Any

import numpy as np

from ._checks import _count, _divides, _matrix


def split_columns(w: Any, W: int) -> list[np.ndarray]:
    """Cut a matrix into W blocks of neighbouring columns.

    Args:
        w: shape (m, n), finite; stays as it is.
        W: number of ranks, >= 1; divides n.

    Returns:
        W matrices of shape (m, n / W) in float64, by rank.

    Raises:
        ValueError: if w is not a finite matrix, W not an integer >= 1, or does not
            divide n.
    """
    w, W = _matrix("w", w), _count("W", W)
    _divides(W, "the number of columns", w.shape[1])
    return np.split(w, W, axis=1)


def split_rows(w: Any, W: int) -> list[np.ndarray]:
    """Cut a matrix into W blocks of neighbouring rows.

    Args:
        w: shape (m, n), finite; stays as it is.
        W: number of ranks, >= 1; divides m.

    Returns:
        W matrices of shape (m / W, n) in float64, by rank.

    Raises:
        ValueError: if w is not a finite matrix, W not an integer >= 1, or does not
            divide m.
    """
    w, W = _matrix("w", w), _count("W", W)
    _divides(W, "the number of rows", w.shape[0])
    return np.split(w, W, axis=0)


# --8<-- [start:heads]
def split_heads(n_q: int, n_kv: int, W: int) -> list[tuple[range, range]]:
    """Query heads and key-value heads of each rank.

    Query head i uses key-value head i // (n_q / n_kv). If W > n_kv, ranks that follow
    each other hold the same one.

    Returns:
        W pairs (query heads, key-value heads), by rank.

    Raises:
        ValueError: if a number is not an integer >= 1, n_kv or W does not divide n_q,
            or neither of W and n_kv divides the other.
    """
    n_q, n_kv = _count("n_q", n_q), _count("n_kv", n_kv)
    W = _count("W", W)
    if n_q % n_kv:
        raise ValueError(f"n_q must be divisible by n_kv = {n_kv}, got {n_q}")
    _divides(W, "n_q", n_q)
    if n_kv % W and W % n_kv:
        raise ValueError(f"of n_kv and W one must divide the other, got {n_kv}, {W}")
    queries, held = n_q // W, max(1, n_kv // W)
    heads = []
    for r in range(W):
        first = r * n_kv // W  # several ranks round down to one head
        mine = range(r * queries, (r + 1) * queries)
        heads.append((mine, range(first, first + held)))
    return heads
    # --8<-- [end:heads]
