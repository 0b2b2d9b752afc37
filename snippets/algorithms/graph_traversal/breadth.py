"""Breadth first: a queue holds two distances at most, d and d + 1, the nearer in front.

A node is marked when it enters the queue, not when it leaves: so it enters once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from ._checks import Node, _is_key, _read


# --8<-- [start:bfs]
def bfs_distances(
    graph: Mapping[Node, Iterable[Node]], source: Node
) -> dict[Node, int]:
    """The fewest edges from the source to each node that it reaches, the nearest first.

    Args:
        graph: successors of each node.
        source: a node.

    Raises:
        ValueError: for a successor or a source that is no key.
    """
    successors = _read(graph)
    if not _is_key(source, successors):
        raise ValueError(f"source must be a key of the graph, got {source!r}")
    source = {node: node for node in successors}[source]  # the key that equals it
    distance = {source: 0}
    queue = deque([source])
    while queue:
        u = queue.popleft()
        for v in successors[u]:
            if v not in distance:
                distance[v] = distance[u] + 1  # marked now: it cannot enter twice
                queue.append(v)
    return distance
    # --8<-- [end:bfs]


# --8<-- [start:colours]
def two_coloring(graph: Mapping[Node, Iterable[Node]]) -> dict[Node, int] | None:
    """Colours 0 and 1 such that no edge joins equal ones; None if there are none.

    Directions do not matter. The first node of each component, in the order of the
    keys, has colour 0.

    Raises:
        ValueError: for a successor that is no key.
    """
    successors = _read(graph)
    neighbours: dict[Node, list[Node]] = {node: [] for node in successors}
    for u in successors:
        for v in successors[u]:
            neighbours[u].append(v)
            neighbours[v].append(u)
    colour: dict[Node, int] = {}
    for first in neighbours:
        if first in colour:
            continue
        colour[first] = 0
        queue = deque([first])
        while queue:
            u = queue.popleft()
            for v in neighbours[u]:
                if v not in colour:
                    colour[v] = 1 - colour[u]
                    queue.append(v)
                elif colour[v] == colour[u]:
                    return None
    return {node: colour[node] for node in neighbours}
    # --8<-- [end:colours]
