"""Shards: which items of the data set each rank reads in an epoch.

W is the number of ranks (the world size); a rank counts from 0.
"""

import torch

from .ring import _check_world


# --8<-- [start:shards]
def shard_indices(
    n: int, W: int, rank: int, shuffle: bool = True, seed: int = 0, epoch: int = 0
) -> list[int]:
    """The items that ``rank`` reads in ``epoch``: what ``DistributedSampler`` yields.

    All ranks get ceil(n / W) items. If W does not divide n, the first items of the
    order are read twice.

    Raises:
        ValueError: if n < 0, W < 1, or rank is not in 0 .. W - 1.
    """
    _check_world(W)
    if n < 0:
        raise ValueError(f"n must be >= 0, got {n}")
    if not 0 <= rank < W:
        raise ValueError(f"rank must be in 0 .. {W - 1}, got {rank}")
    order = list(range(n))
    if shuffle:  # every rank draws the same order, so the shards do not overlap
        generator = torch.Generator().manual_seed(seed + epoch)
        order = torch.randperm(n, generator=generator).tolist()
    per_rank = -(-n // W)
    return [order[place % n] for place in range(rank, per_rank * W, W)]
    # --8<-- [end:shards]
