"""What is given, read once and refused where it is no graph or no grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any, TypeVar

Node = TypeVar("Node")


def _read(graph: Mapping[Node, Iterable[Node]]) -> dict[Node, list[Node]]:
    """The graph with lists of successors, which are the very objects that are keys."""
    if not isinstance(graph, Mapping):
        raise ValueError(
            f"graph must be a dict of nodes and their successors, got {graph!r}"
        )
    own = {node: node for node in graph}
    lists: dict[Node, list[Node]] = {}
    for node, successors in graph.items():
        if not isinstance(successors, Iterable):
            raise ValueError(
                f"successors of {node!r} must be iterable, got {successors!r}"
            )
        lists[node] = []
        for v in successors:
            if not _is_key(v, own):
                raise ValueError(
                    f"each successor must be a key of the graph, got {v!r}"
                )
            lists[node].append(own[v])
    return lists


def _is_key(node: Any, keys: Mapping[Any, Any]) -> bool:
    try:
        return node in keys
    except TypeError:  # what cannot be hashed is no node
        return False


def _in_order(value: Any) -> bool:
    """Whether its values can be read in order: a set has none, a dict gives keys."""
    return isinstance(value, Iterable) and not isinstance(value, Set | Mapping)


def _cells(
    grid: Iterable[Iterable[Any]], meaning: Mapping[Any, bool]
) -> list[list[bool]]:
    """The rows of the grid, each cell by what its mark means."""
    if isinstance(grid, str) or not _in_order(grid):
        raise ValueError(f"grid must be a sequence of rows, got {grid!r}")
    rows: list[list[bool]] = []
    for row in grid:
        if not _in_order(row):
            raise ValueError(f"each row must be a string or a sequence, got {row!r}")
        marks = list(row)
        for mark in marks:
            if not _is_key(mark, meaning):
                wanted = ", ".join(map(repr, meaning))
                raise ValueError(f"each cell must be one of {wanted}, got {mark!r}")
        rows.append([meaning[mark] for mark in marks])
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(
                f"rows must have one length, got {len(rows[0])} and {len(rows[-1])}"
            )
    return rows
