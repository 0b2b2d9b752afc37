"""Example calls of snippets.distributed.data_parallel."""

from dataclasses import replace

import torch.distributed as dist

from snippets.distributed import data_parallel as d
from tests.inputs import Example, Promises, example, normal

CHUNKS = [normal(7, seed=i) for i in range(3)]


def alone(x):
    """The sum over a group of one process."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        return d.ring_allreduce(x)
    finally:
        dist.destroy_process_group()


EXAMPLES: list[Example] = [
    example(d.allreduce_cost, 8e6, 4, 1e-5, 1e9),
    example(d.bucketize, [5, 5, 0, 7], 5, 10),
    example(d.part_to_send, 1, 3, 4),
    replace(
        example(alone, normal(5)),
        of=d.ring_allreduce,
        detached="what has travelled has left the graph",
    ),
    # Two additions on the way round, each rounded: the message has the input's type.
    replace(example(d.ring_allreduce_sim, CHUNKS), rounds=2),
    example(d.shard_indices, 10, 4, 1),
    example(d.shard_indices, 10, 4, 1, True, 3, 2, True),
]
SPARED: dict[str, str] = {
    "RingCost": "a frozen record of results",
    "spawn_ddp": "starts processes, which takes seconds: its tests try bad arguments",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
