"""Paths in a tree: the lowest common ancestor, the diameter, the largest path sum.

Children are done before their parents: the nodes level by level, read backwards. What
is recorded at a node, the best path that bends there, is not what is handed up: a path
that goes on to the parent can use one of the two sides only.

References:
    LeetCode 124, 236, 543.
"""

from __future__ import annotations

from math import inf, isfinite
from numbers import Real
from operator import index
from typing import Any

from .tree import TreeNode, _nodes


# --8<-- [start:ancestor]
def lowest_common_ancestor(root: TreeNode | None, p: TreeNode, q: TreeNode) -> TreeNode:
    """The deepest node with both p and q in its subtree; a node is in its own subtree.

    Args:
        root: the tree.
        p: a node of the tree, the object itself: values may be equal.
        q: another one, or the same.

    Raises:
        ValueError: if p or q is not in the tree, or for what is no tree.
    """
    parent: dict[TreeNode, TreeNode | None] = {}
    for node in _nodes(root):
        parent.setdefault(node, None)  # only the root has no entry yet
        for child in (node.left, node.right):
            if child is not None:
                parent[child] = node
    for name, node in (("p", p), ("q", q)):
        if not isinstance(node, TreeNode) or node not in parent:
            raise ValueError(f"{name} must be a node of the tree, got {node!r}")
    above = set()
    up: TreeNode | None = p
    while up is not None:
        above.add(up)
        up = parent[up]
    while q not in above:
        q = parent[q]
    return q
    # --8<-- [end:ancestor]


# --8<-- [start:diameter]
def diameter(root: TreeNode | None) -> int:
    """Edges of the longest path between two nodes; 0 for an empty tree.

    Raises:
        ValueError: for what is no tree.
    """
    longest = 0
    height: dict[TreeNode | None, int] = {None: -1}
    for node in reversed(_nodes(root)):
        left, right = height[node.left] + 1, height[node.right] + 1  # edges down
        longest = max(longest, left + right)
        height[node] = max(left, right)
    return longest
    # --8<-- [end:diameter]


# --8<-- [start:path_sum]
def max_path_sum(root: TreeNode | None) -> int | float:
    """The largest sum of values along a path of at least one node.

    Args:
        root: a tree of integers or finite floats, of any sign. If one value is no
            integer, all are added as floats.

    Raises:
        ValueError: for an empty tree, another kind of value, a sum beyond floats, or
            what is no tree.
    """
    nodes = _nodes(root)
    if not nodes:
        raise ValueError("need at least one node, got None")
    best: int | float = -inf
    gain: dict[TreeNode | None, int | float] = {None: 0}
    for node, value in zip(reversed(nodes), reversed(_numbers(nodes))):
        left, right = max(0, gain[node.left]), max(0, gain[node.right])
        best = max(best, left + value + right)  # recorded: a path that bends here
        gain[node] = value + max(left, right)  # handed up: one side only
    if best == inf:
        raise ValueError("need a sum that a float holds, got inf")
    return best
    # --8<-- [end:path_sum]


def _numbers(nodes: list[TreeNode]) -> list[Any]:
    """The values, all as Python's integers, or all as its floats."""
    values = [_number(node.value) for node in nodes]
    if all(isinstance(value, int) for value in values):
        return values
    try:
        found = [float(value) for value in values]
    except OverflowError:
        raise ValueError("need finite numbers, got one that no float holds") from None
    for value in found:
        if not isfinite(value):
            raise ValueError(f"need finite numbers, got {value!r}")
    return found


def _number(value: Any) -> Any:
    """Python's own integer, or another real number as it is. True is none."""
    if not isinstance(value, bool):
        try:
            return index(value)
        except TypeError:
            if isinstance(value, Real):
                return value
    raise ValueError(f"need integers or floats, got {value!r}")
