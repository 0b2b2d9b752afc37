"""Data parallelism: every rank holds all weights, sees a shard, and averages gradients.

Here: the ring that sums the gradients, its cost, the buckets that let it start early,
and the shards. ``launch`` starts processes, ``train`` is a complete script. W is the
number of ranks (the world size); a rank counts from 0. Sums are sums: divide by W to
get DDP's mean.

References:
    Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
    workstations", JPDC 2009, doi:10.1016/j.jpdc.2008.09.002.
    Li et al., "PyTorch Distributed: Experiences on Accelerating Data Parallel
    Training", VLDB 2020, arXiv:2006.15704.
"""

from .buckets import bucketize
from .launch import spawn_ddp
from .ring import (
    RingCost,
    allreduce_cost,
    part_to_send,
    ring_allreduce,
    ring_allreduce_sim,
)
from .shards import shard_indices

__all__ = [
    "RingCost",
    "allreduce_cost",
    "bucketize",
    "part_to_send",
    "ring_allreduce",
    "ring_allreduce_sim",
    "shard_indices",
    "spawn_ddp",
]
