"""How the work of a traversal grows with nodes and edges together: looks are counted.

    $ python -m benchmarks.algorithms.graph_traversal

A node counts how often it is hashed or compared, which is what looking it up in a dict
or a set takes. So the exponents, over V + E, are the same on every machine. A queue
that says what enters it counts the pushes of a search in a grid.
"""

from __future__ import annotations

import argparse
import random
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from benchmarks.growth import exponent
from benchmarks.record import describe, write
from snippets.algorithms.graph_traversal import (
    bfs_distances,
    dfs_times,
    grid_distances,
    strong_components,
    topological_order,
    two_coloring,
)


class Counted:
    """A node that counts how often it is hashed or compared."""

    uses: ClassVar[int] = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        Counted.uses += 1
        return self.number

    def __eq__(self, other: object) -> bool:
        Counted.uses += 1
        return isinstance(other, Counted) and self.number == other.number


Graph = dict[Counted, list[Counted]]


def chain(n: int) -> Graph:
    """As deep as can be."""
    nodes = [Counted(k) for k in range(n)]
    return {u: nodes[k + 1 : k + 2] for k, u in enumerate(nodes)}


def sparse(n: int) -> Graph:
    """Each node with four successors further on, drawn at random."""
    nodes = [Counted(k) for k in range(n)]
    draw = random.Random(n)
    return {
        u: draw.sample(nodes[k + 1 :], min(4, n - k - 1)) for k, u in enumerate(nodes)
    }


def dense(n: int) -> Graph:
    """Each node with all that come after it."""
    nodes = [Counted(k) for k in range(n)]
    return {u: nodes[k + 1 :] for k, u in enumerate(nodes)}


SHAPES: dict[str, Callable[[int], Graph]] = {
    "chain": chain,
    "sparse": sparse,
    "dense": dense,
}
SIZES = {
    "chain": (800, 1600, 3200, 6400),
    "sparse": (800, 1600, 3200, 6400),
    "dense": (80, 160, 320, 640),
}
CALLS: dict[str, Callable[[Any], object]] = {
    "bfs_distances": lambda graph: bfs_distances(graph, next(iter(graph))),
    "dfs_times": dfs_times,
    "topological_order": topological_order,
    "strong_components": strong_components,
    "two_coloring": two_coloring,
}


def looks(call: str | Callable[[Any], object], shape: str, n: int) -> tuple[int, int]:
    """How often nodes are hashed or compared, and V + E."""
    graph = SHAPES[shape](n)
    Counted.uses = 0
    (CALLS[call] if isinstance(call, str) else call)(graph)
    return Counted.uses, len(graph) + sum(map(len, graph.values()))


def pushes(n: int) -> int:
    """Cells that enter the queue in an open grid of n x n cells, from a corner."""
    count = 0

    class Queue(deque[Any]):
        def append(self, entry: Any) -> None:
            nonlocal count
            count += 1
            super().append(entry)

    with patch("snippets.algorithms.graph_traversal.grids.deque", Queue):
        grid_distances([[0] * n for _ in range(n)], [(0, 0)])
    return count


def random_graph(n: int, c: float, seed: int) -> dict[int, list[int]]:
    """An undirected graph of n nodes and cn/2 edges, each between two drawn nodes."""
    draw = random.Random(seed)
    graph: dict[int, list[int]] = {node: [] for node in range(n)}
    for _ in range(round(c * n / 2)):
        u, v = draw.sample(range(n), 2)
        graph[u].append(v)
        graph[v].append(u)
    return graph


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the result, JSON")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    for name in CALLS:
        for shape, sizes in SIZES.items():
            pairs = [looks(name, shape, n) for n in sizes]
            work, given = [w for w, _ in pairs], [size for _, size in pairs]
            power = exponent(given, work)
            results[f"{name}, {shape}"] = {
                "V + E": given,
                "looks": work,
                "exponent": power,
            }
            row = "  ".join(f"{w:9}" for w in work)
            print(f"{name:18} {shape:7} {row}  exponent over V + E {power:.3f}")
    for n in (4, 8, 10):
        print(f"grid {n} x {n}: {pushes(n)} pushes")
    if arguments.output:
        write(arguments.output, describe("algorithms/graph-traversal") | results)


if __name__ == "__main__":
    main()
