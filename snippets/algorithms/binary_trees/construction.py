"""The tree of a preorder and an inorder, in linear time, with a stack.

Preorder says which node comes next, inorder whether the left subtree of a node is done.

References:
    LeetCode 105, "Construct Binary Tree from Preorder and Inorder Traversal".
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Number
from typing import Any

from .tree import TreeNode


# --8<-- [start:build]
def build_tree(preorder: Iterable[Any], inorder: Iterable[Any]) -> TreeNode | None:
    """The one tree with these two orders; ``None`` if both are empty.

    Args:
        preorder: distinct values that can be hashed; no NaN, which equals nothing.
        inorder: the same values in another order.

    Raises:
        ValueError: for lists of different length, for equal values or NaN, and for two
            orders that no tree has.
    """
    first, second = list(preorder), list(inorder)
    _check(first, second)
    root: TreeNode | None = None
    path: list[TreeNode] = []  # nodes whose left subtree is not done, root first
    done = 0  # values of the inorder that have been passed
    for value in first:
        node, parent = TreeNode(value), None
        while path and path[-1].value == second[done]:
            parent = path.pop()  # nothing is left of it any more
            done += 1
        if parent is not None:
            parent.right = node
        elif path:
            path[-1].left = node
        else:
            root = node
        path.append(node)
    # What still waits must be the rest of the inorder, from the lowest node up.
    if [node.value for node in reversed(path)] != second[done:]:
        raise ValueError(f"no tree has preorder {first!r} and got inorder {second!r}")
    return root
    # --8<-- [end:build]


def _check(first: list[Any], second: list[Any]) -> None:
    """Refuse two lists of which no tree, or more than one, could come."""
    if len(first) != len(second):
        sizes = f"{len(first)} and {len(second)}"
        raise ValueError(f"need as many values in both orders, got {sizes}")
    for name, values in (("preorder", first), ("inorder", second)):
        try:
            distinct = len(set(values))
        except TypeError:
            raise ValueError(
                f"need values that can be hashed, got {values!r}"
            ) from None
        if distinct < len(values):
            raise ValueError(f"need distinct values in the {name}, got {values!r}")
        if any(isinstance(value, Number) and value != value for value in values):
            raise ValueError(f"need values that equal themselves, got {values!r}")
