"""Example calls of snippets.distributed.collectives."""

from snippets.distributed import collectives as m
from tests.inputs import Example, Promises, example, normal

PARTS = [normal(6, seed=i).numpy() for i in range(3)]

EXAMPLES: list[Example] = [
    example(m.ring_reduce_scatter, PARTS),
    example(m.ring_all_gather, PARTS),
    example(m.tree_all_reduce, PARTS),
    example(m.all_to_all, PARTS),
    example(m.cost, "all_reduce", 8e6, 4, 1e-5, 1e-9),
    example(m.cost, "broadcast", 8e6, 4, 1e-5, 1e-9, "tree"),
    example(m.bus_bandwidth, "all_gather", 8e6, 4, 0.5),
    example(m.crossover_bytes, 8, 1e-5, 1e-9),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
