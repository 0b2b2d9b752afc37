"""The node, and the way from Python's list to nodes and back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from operator import index
from typing import Any


# --8<-- [start:node]
class Node:
    """A value, and the next node; None after the last one.

    Args:
        value: anything.
        next: a node, or None.

    Raises:
        TypeError: if ``next`` is neither.
    """

    __slots__ = ("next", "value")

    def __init__(self, value: Any, next: Node | None = None) -> None:
        self.value = value
        self.next = checked(next, "next")
        # --8<-- [end:node]

    def __repr__(self) -> str:
        return f"Node({self.value!r})"  # not the rest, which may have no end


# --8<-- [start:lists]
def from_list(values: Iterable[Any], cycle_at: int | None = None) -> Node | None:
    """New nodes with these values, in their order.

    Args:
        values: any iterable that ends.
        cycle_at: index of the node, from 0, that comes after the last one; None for a
            list that ends.

    Raises:
        ValueError: if there is no node ``cycle_at``, or it is no integer.
    """
    nodes = [Node(value) for value in values]
    for node, after in pairwise(nodes):
        node.next = after
    if cycle_at is not None:
        at = integer(cycle_at, "cycle_at", 0)
        if at >= len(nodes):
            wanted = f"cycle_at must be the index of one of {len(nodes)} nodes"
            raise ValueError(f"{wanted}, got {at}")
        nodes[-1].next = nodes[at]
    return nodes[0] if nodes else None


def to_list(head: Node | None) -> list[Any]:
    """The values from this node to the last.

    Args:
        head: the first node; None for the empty list.

    Raises:
        ValueError: for a list with a cycle, which has no last node.
        TypeError: if ``head`` is neither a node nor None.
    """
    node, seen, values = checked(head), set[int](), []
    while node is not None:
        if id(node) in seen:
            raise ValueError(f"want a list that ends, got a cycle from {node} on")
        seen.add(id(node))
        values.append(node.value)
        node = node.next
    return values
    # --8<-- [end:lists]


def checked(node: Node | None, name: str = "head") -> Node | None:
    """The node itself; TypeError unless it is a node or None."""
    if node is not None and not isinstance(node, Node):
        raise TypeError(f"{name} must be a Node or None, got {node!r}")
    return node


def integer(number: int, name: str, least: int = 1) -> int:
    """Python's own integer; ValueError unless it is one, and at least ``least``."""
    wanted = f"{name} must be an integer >= {least}, got {number!r}"
    try:
        found = index(number)
    except TypeError:
        raise ValueError(wanted) from None
    if isinstance(number, bool) or found < least:
        raise ValueError(wanted)
    return found
