"""All-reduce by a binomial tree: whole vectors, few rounds."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ._checks import _vectors


# --8<-- [start:tree]
def tree_all_reduce(parts: Iterable[Any]) -> tuple[list[np.ndarray], int]:
    """Add W vectors towards rank 0 and send the sum back down.

    In the round of distance d = 1, 2, 4, … rank r, a multiple of 2 d, adds what rank
    r + d sends, if there is such a rank. Then the same messages go the other way.

    Args:
        parts: W vectors of real numbers of one length; they stay as they are.

    Returns:
        The sum as each rank holds it, W vectors in float64, and the number of rounds of
        both halves, 2 ceil(log2 W).

    Raises:
        ValueError: if there is no vector, one is not 1-D or not of real numbers, or
            lengths differ.
    """
    held = _vectors("parts", parts, split=False)
    W, rounds, d = len(held), 0, 1
    while d < W:
        for r in range(0, W - d, 2 * d):
            with np.errstate(invalid="ignore", over="ignore"):
                held[r] = held[r] + held[r + d]
        rounds, d = rounds + 1, 2 * d
    while d > 1:
        d //= 2
        for r in range(0, W - d, 2 * d):
            held[r + d] = held[r].copy()
        rounds += 1
    return held, rounds
    # --8<-- [end:tree]
