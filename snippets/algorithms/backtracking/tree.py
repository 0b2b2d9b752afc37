"""The size of a search tree: counted node by node, or estimated by walks down.

A tree is its root and a function that lists the children of a node.

References:
    Knuth, "Estimating the efficiency of backtrack programs", Mathematics of
    Computation 29, 1975, doi:10.1090/S0025-5718-1975-0373371-6.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any


# --8<-- [start:count]
def count_nodes(children: Callable[[Any], Sequence[Any]], root: Any) -> int:
    """Number of nodes of a finite tree, the root and all leaves included.

    Args:
        children: gives the children of a node, as a list.
        root: the node to begin with.
    """
    nodes, waiting = 0, [root]
    while waiting:
        nodes += 1
        waiting += children(waiting.pop())
    return nodes
    # --8<-- [end:count]


# --8<-- [start:estimate]
def estimate_nodes(
    children: Callable[[Any], Sequence[Any]], root: Any, draw: Random
) -> int:
    """Knuth's estimate of ``count_nodes`` from one random walk down; unbiased.

    Args:
        children: gives the children of a node, as a list.
        root: the node to begin with.
        draw: chooses each child with equal probability.
    """
    estimate = width = 1
    while below := children(root):
        width *= len(below)  # nodes of this level, if all were like those on the way
        estimate += width
        root = draw.choice(below)
    return estimate
    # --8<-- [end:estimate]
