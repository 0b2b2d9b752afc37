"""Shards: which items of the data set each rank reads in an epoch.

W is the number of ranks (the world size); a rank counts from 0.
"""

import torch

from ._checks import _integer, _rank


# --8<-- [start:shards]
def shard_indices(
    n: int,
    W: int,
    rank: int,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    drop_last: bool = False,
) -> list[int]:
    """The items that ``rank`` reads in ``epoch``: what ``DistributedSampler`` yields.

    All ranks get ceil(n / W) items. If W does not divide n, the order begins again, if
    need be several times; with ``drop_last`` the last items are left out instead.

    Raises:
        ValueError: if n is not an integer >= 0, W not one >= 1, rank not one in
            0 .. W - 1, or seed or epoch not an integer.
    """
    W, n = _integer("W", W), _integer("n", n, least=0)
    rank = _rank(rank, W)
    seed, epoch = _integer("seed", seed, None), _integer("epoch", epoch, None)
    order = list(range(n))
    if shuffle:  # every rank draws the same order, so the shards do not overlap
        generator = torch.Generator().manual_seed(seed + epoch)
        order = torch.randperm(n, generator=generator).tolist()
    per_rank = n // W if drop_last else -(-n // W)
    return [order[place % n] for place in range(rank, per_rank * W, W)]
    # --8<-- [end:shards]
