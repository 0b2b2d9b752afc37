"""Topological order: take a node that waits for nobody, and cross it off."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from ._checks import Node, _read


# --8<-- [start:order]
def topological_order(graph: Mapping[Node, Iterable[Node]]) -> list[Node]:
    """All nodes, each before its successors, by Kahn's algorithm with a queue.

    Raises:
        ValueError: for a cycle, a self-loop too, or a successor that is no key.
    """
    successors = _read(graph)
    waits_for = dict.fromkeys(successors, 0)  # edges from nodes not yet taken
    for u in successors:
        for v in successors[u]:
            waits_for[v] += 1
    queue = deque(node for node in successors if waits_for[node] == 0)
    order: list[Node] = []
    while queue:
        u = queue.popleft()
        order.append(u)
        for v in successors[u]:
            waits_for[v] -= 1
            if waits_for[v] == 0:
                queue.append(v)
    if len(order) < len(successors):
        shown = _shown(_cycle(successors, set(order)))
        raise ValueError(f"graph must have no cycle, got {shown}")
    return order
    # --8<-- [end:order]


def _cycle(successors: Mapping[Node, list[Node]], taken: set[Node]) -> list[Node]:
    """A cycle: each one left waits for one that is left, so going back comes round."""
    before = {v: u for u in successors if u not in taken for v in successors[u]}
    way = [next(node for node in successors if node not in taken)]
    place = {way[0]: 0}
    while (node := before[way[-1]]) not in place:
        place[node] = len(way)
        way.append(node)
    return [node, *reversed(way[place[node] :])]


def _shown(way: list[Node], most: int = 20) -> str:
    """The nodes of a way; of a long one, its two ends."""
    told = [repr(node) for node in way]
    if len(told) > most:
        told[most // 2 : -most // 2] = ["..."]
    return " -> ".join(told)
