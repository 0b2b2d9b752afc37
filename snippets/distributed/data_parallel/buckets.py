"""Buckets: gradients that travel together, the first while later ones are computed.

Reference:
    Li et al., "PyTorch Distributed: Experiences on Accelerating Data Parallel
    Training", VLDB 2020, arXiv:2006.15704.
"""

from collections.abc import Sequence

from ._checks import _integer


# --8<-- [start:buckets]
def bucketize(param_bytes: Sequence[int], first: int, cap: int) -> list[list[int]]:
    """Group parameters into buckets, in the order given, as DDP does.

    A bucket closes once it holds *at least* its limit, so it may exceed it.

    Args:
        param_bytes: gradient size of each parameter, all of one dtype and device, in
            the order in which the gradients become ready.
        first: limit of the first bucket, in bytes (DDP: 1 MiB).
        cap: limit of the others, in bytes (DDP: 25 MiB).

    Returns:
        Indices into ``param_bytes``, one list per bucket; no empty bucket.

    Raises:
        ValueError: if first or cap is not an integer >= 1, or a size not one >= 0.
    """
    first, cap = _integer("first", first), _integer("cap", cap)
    buckets: list[list[int]] = []
    held, limit = 0, 0  # as if a full bucket came before, so that one is opened
    for index, size in enumerate(param_bytes):
        size = _integer(f"param_bytes[{index}]", size, least=0)
        if held >= limit:
            limit = cap if buckets else first
            held = 0
            buckets.append([])
        buckets[-1].append(index)
        held += size
    return buckets
    # --8<-- [end:buckets]
