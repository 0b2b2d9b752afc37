"""A node, and the list of a tree level by level, as LeetCode writes it.

``[3, 9, 20, None, None, 15, 7]`` is 3 with the children 9 and 20, and 20 with the
children 15 and 7: each value takes the next free place below the nodes before it, from
left to right, and ``None`` keeps a place free. This is not the array of a heap, in
which the children of place i are at 2i + 1 and 2i + 2 whether they exist or not.

References:
    LeetCode 297, "Serialize and Deserialize Binary Tree".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


# --8<-- [start:node]
class TreeNode:
    """A value with two subtrees, either of which may be empty, that is ``None``.

    Two nodes are equal only if they are the same object: a tree may hold equal values.

    Args:
        value: anything.
        left: the left child.
        right: the right child.
    """

    def __init__(
        self, value: Any, left: TreeNode | None = None, right: TreeNode | None = None
    ) -> None:
        self.value = value
        self.left = left
        self.right = right
        # --8<-- [end:node]

    def __repr__(self) -> str:
        return f"TreeNode({self.value!r})"  # without children: a tree may be deep


def _node(found: object) -> TreeNode:
    """What was found, if it is a node."""
    if not isinstance(found, TreeNode):
        raise ValueError(f"need a TreeNode or None, got {found!r}")
    return found


def _enter(found: object, met: set[TreeNode]) -> None:
    """Refuse what makes no tree: no node at all, or one that was met before."""
    node = _node(found)
    if node in met:
        raise ValueError(f"need a tree, got two ways to {node!r}")
    met.add(node)


def _nodes(root: TreeNode | None) -> list[TreeNode]:
    """All nodes level by level, so that parents come before their children.

    Raises:
        ValueError: for what is no node, or is reached twice.
    """
    nodes: list[TreeNode] = [] if root is None else [root]
    met: set[TreeNode] = set()
    for node in nodes:  # a queue: read at the front, while children join at the end
        _enter(node, met)
        nodes += [child for child in (node.left, node.right) if child is not None]
    return nodes


# --8<-- [start:read]
def from_level_order(values: Iterable[Any]) -> TreeNode | None:
    """The tree of a level-order list; ``None`` for an empty one.

    Args:
        values: level by level, from left to right, ``None`` for a missing child;
            children of missing nodes are left out. ``None`` at the end may be there.

    Raises:
        ValueError: for a value that has no parent.
    """
    rest = iter(values)
    first = next(rest, None)
    nodes = [] if first is None else [TreeNode(first)]
    for parent in nodes:  # a queue of nodes that wait for their children
        for side in ("left", "right"):
            value = next(rest, None)
            if value is not None:
                child = TreeNode(value)
                setattr(parent, side, child)
                nodes.append(child)
    for value in rest:
        if value is not None:
            raise ValueError(f"need a parent for each value, got none for {value!r}")
    return nodes[0] if nodes else None
    # --8<-- [end:read]


# --8<-- [start:write]
def to_level_order(root: TreeNode | None) -> list[Any]:
    """The level-order list of a tree, without ``None`` at the end.

    Raises:
        ValueError: for what is no tree, or holds ``None`` as a value.
    """
    values: list[Any] = []
    met: set[TreeNode] = set()
    queue = [root]
    for node in queue:
        if node is None:
            values.append(None)
            continue
        _enter(node, met)
        if node.value is None:
            raise ValueError(
                "need values other than None, which means no node, got None"
            )
        values.append(node.value)
        queue += [node.left, node.right]
    while values and values[-1] is None:
        values.pop()
    return values
    # --8<-- [end:write]
