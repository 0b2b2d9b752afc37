"""All-to-all: what rank r holds for rank s goes there; a transpose of blocks."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ._checks import _vectors


# --8<-- [start:exchange]
def all_to_all(parts: Iterable[Any]) -> list[np.ndarray]:
    """Rank r gets chunk r of every rank, in the order of ranks.

    Args:
        parts: W vectors of real numbers, each of length n, a multiple of W; they stay
            as they are.

    Returns:
        W vectors of length n in float64, by rank.

    Raises:
        ValueError: if there is no vector, one is not 1-D or not of real numbers,
            lengths differ, or W does not divide n.
    """
    vectors = _vectors("parts", parts, split=True)
    W = len(vectors)
    chunks = np.reshape(vectors, (W, W, len(vectors[0]) // W))  # [from, to, element]
    return list(chunks.swapaxes(0, 1).reshape(W, -1))
    # --8<-- [end:exchange]
