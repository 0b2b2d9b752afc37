"""The four orders of a binary tree: one stack for three, a queue for the fourth.

Depth first, a walk round the tree comes to each node three times: before its left
subtree (preorder), between both (inorder), after the right one (postorder). Morris'
walk needs no stack: it finds its way back by threads that it hangs into the tree.

References:
    Knuth, "The Art of Computer Programming", volume 1, section 2.3.1.
    Morris, Information Processing Letters 9(5), 1979.
    LeetCode 94, 102, 144, 145.
"""

from __future__ import annotations

from typing import Any

from .tree import TreeNode, _enter, _node, _nodes

_ORDERS = ("pre", "in", "post", "level")


# --8<-- [start:traverse]
def traverse(root: TreeNode | None, order: str = "in") -> list[Any]:
    """The values in preorder, inorder, postorder or level by level.

    Args:
        root: the tree.
        order: ``"pre"``, ``"in"``, ``"post"`` or ``"level"``.

    Raises:
        ValueError: for another order, or what is no tree.
    """
    if not isinstance(order, str) or order not in _ORDERS:
        raise ValueError(f"order must be one of {_ORDERS}, got {order!r}")
    if order == "level":
        return [node.value for node in _nodes(root)]
    values: list[Any] = []
    met: set[TreeNode] = set()
    stack = [(root, False)]
    while stack:
        node, seen = stack.pop()
        if node is None:
            continue
        if seen:
            values.append(node.value)
            continue
        _enter(node, met)  # a ring would never end
        own, left, right = (node, True), (node.left, False), (node.right, False)
        if order == "pre":  # what is pushed last comes first
            stack += [right, left, own]
        elif order == "in":
            stack += [right, own, left]
        else:
            stack += [own, right, left]
    return values
    # --8<-- [end:traverse]


# --8<-- [start:morris]
def morris_inorder(root: TreeNode | None) -> list[Any]:
    """The values in inorder, with no stack: O(1) memory beside the result.

    The tree is changed on the way and is as before at the end. So nobody else may look
    at it meanwhile, and it must be a tree: a ring is not noticed, and may have no end.

    Raises:
        ValueError: for what is no node; threads may then be left in the tree.
    """
    values: list[Any] = []
    here = root
    while here is not None:
        before = _node(here).left
        if before is None:
            values.append(here.value)
            here = here.right  # a child, or a thread back up
            continue
        while (after := _node(before).right) is not None and after is not here:
            before = after  # to the last node of the left subtree
        if after is None:
            before.right = here  # a thread: from there it goes back up
            here = here.left
        else:
            before.right = None  # the thread was taken, the left subtree is done
            values.append(here.value)
            here = here.right
    return values
    # --8<-- [end:morris]
