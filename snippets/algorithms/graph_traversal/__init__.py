"""Graph traversal: a queue finds what is near first, a stack what is deep.

A graph is a dict from each node to an iterable of its successors; every node is a key,
and an undirected edge stands at both of its ends. Nodes and successors are taken in the
order in which they are given. A grid is a sequence of rows, and may be left implicit:
its cells are nodes, its neighbours edges. No function here is recursive.

References:
    Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM Journal on Computing
    1(2), 1972, doi:10.1137/0201010 (strong components).
    Kahn, "Topological Sorting of Large Networks", Communications of the ACM 5(11),
    1962, doi:10.1145/368996.369025.
    Cormen, Leiserson, Rivest, Stein, "Introduction to Algorithms", 4th edition,
    chapter 20 (times, the parenthesis theorem, kinds of edges).
"""

from .breadth import bfs_distances, two_coloring
from .components import strong_components
from .depth import dfs_times
from .grids import count_islands, grid_distances
from .order import topological_order

__all__ = [
    "bfs_distances",
    "count_islands",
    "dfs_times",
    "grid_distances",
    "strong_components",
    "topological_order",
    "two_coloring",
]
