"""Reduce-scatter and all-gather around a ring: each rank only sends to the next.

An all-reduce is one after the other.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ._checks import _vectors


# --8<-- [start:scatter]
def ring_reduce_scatter(parts: Iterable[Any]) -> tuple[list[np.ndarray], int]:
    """Add W vectors; rank r ends with chunk r of the sum.

    Args:
        parts: W vectors of real numbers, each of length n, a multiple of W; they stay
            as they are.

    Returns:
        W vectors of length n / W in float64, by rank, and the number of elements that
        each rank sent, (W - 1) n / W.

    Raises:
        ValueError: if there is no vector, one is not 1-D or not of real numbers,
            lengths differ, or W does not divide n.
    """
    vectors = _vectors("parts", parts, split=True)
    W = len(vectors)
    chunks = [list(np.split(vector, W)) for vector in vectors]  # [rank][chunk]
    sent = 0
    for t in range(W - 1):
        # All at once; nobody sends the chunk that it receives in the same step.
        travels = [(r, (r - t - 1) % W, chunks[r][(r - t - 1) % W]) for r in range(W)]
        for r, c, message in travels:
            to = (r + 1) % W
            with np.errstate(invalid="ignore", over="ignore"):  # inf - inf, 1e308 * 2
                chunks[to][c] = chunks[to][c] + message
        sent += len(travels[0][2])
    return [chunks[r][r] for r in range(W)], sent
    # --8<-- [end:scatter]


# --8<-- [start:gather]
def ring_all_gather(shards: Iterable[Any]) -> tuple[list[np.ndarray], int]:
    """Give all ranks all shards, joined in the order of ranks.

    Args:
        shards: W vectors of real numbers of one length, that of rank r at place r; they
            stay as they are.

    Returns:
        W vectors in float64, each the joined shards, and the number of elements that
        each rank sent, W - 1 shards.

    Raises:
        ValueError: if there is no vector, one is not 1-D or not of real numbers, or
            lengths differ.
    """
    vectors = _vectors("shards", shards, split=False)
    W = len(vectors)
    known = [{r: vectors[r]} for r in range(W)]  # what each rank has so far
    sent = 0
    for t in range(W - 1):
        travels = [(r, (r - t) % W, known[r][(r - t) % W]) for r in range(W)]
        for r, c, message in travels:
            known[(r + 1) % W][c] = message
        sent += len(travels[0][2])
    full = [np.concatenate([known[r][c] for c in range(W)]) for r in range(W)]
    return full, sent
    # --8<-- [end:gather]
