"""Depth first: go on from the node found last; times say who lies inside whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ._checks import Node, _read


# --8<-- [start:times]
def dfs_times(
    graph: Mapping[Node, Iterable[Node]],
) -> tuple[dict[Node, int], dict[Node, int]]:
    """When depth-first search discovers each node, and when it has finished it.

    One clock runs from 0 to 2n - 1. Searches begin at the nodes in the order of the
    keys, wherever one is still undiscovered.

    Returns:
        Discovery times, and finish times, both in the order of the events.

    Raises:
        ValueError: for a successor that is no key.
    """
    successors = _read(graph)
    discovery: dict[Node, int] = {}
    finish: dict[Node, int] = {}
    clock = 0
    for root in successors:
        if root in discovery:
            continue
        discovery[root] = clock
        clock += 1
        stack = [(root, iter(successors[root]))]
        while stack:
            u, rest = stack[-1]
            for v in rest:  # goes on where it was left
                if v not in discovery:
                    discovery[v] = clock
                    clock += 1
                    stack.append((v, iter(successors[v])))
                    break
            else:
                finish[u] = clock
                clock += 1
                stack.pop()
    return discovery, finish
    # --8<-- [end:times]
