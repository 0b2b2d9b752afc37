"""Example calls of snippets.algorithms.graph_traversal."""

from snippets.algorithms import graph_traversal as m
from tests.inputs import Example, Promises, example

DIAMOND = {0: [1, 2], 1: [3], 2: [3], 3: []}


EXAMPLES: list[Example] = [
    example(m.bfs_distances, DIAMOND, 0),
    example(m.dfs_times, DIAMOND),
    example(m.topological_order, DIAMOND),
    example(m.two_coloring, DIAMOND),
    example(m.count_islands, [[1, 0], [0, 1]], diagonal=True),
    example(m.count_islands, ["110", "001"]),
    example(m.grid_distances, [[0, 1], [0, 0]], [[0, 0]]),
    example(m.strong_components, DIAMOND),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
