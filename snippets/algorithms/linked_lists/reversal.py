"""Reversal: turn one arrow after the other, in the whole list or in groups of k."""

from .cycle import require_end
from .nodes import Node, integer


# --8<-- [start:reverse]
def reverse(head: Node | None) -> Node | None:
    """The same nodes in reverse order; O(n) time, O(1) memory.

    Args:
        head: the first node; None for the empty list.

    Returns:
        The first node of the reversed list, which was the last one.

    Raises:
        ValueError: for a list with a cycle.
        TypeError: if ``head`` is neither a node nor None.
    """
    require_end(head)
    before = None
    while head is not None:
        rest = head.next  # save the only way to the rest
        head.next = before  # turn the arrow
        before, head = head, rest  # move on
    return before
    # --8<-- [end:reverse]


# --8<-- [start:groups]
def reverse_k_group(head: Node | None, k: int) -> Node | None:
    """Reverse each k nodes; fewer than k at the end stay as they are.

    Args:
        head: the first node; None for the empty list.
        k: size of a group, an integer >= 1.

    Raises:
        ValueError: for a list with a cycle, or if k is no integer >= 1.
        TypeError: if ``head`` is neither a node nor None.
    """
    k = integer(k, "k")
    require_end(head)
    dummy = Node(None, head)  # so that the first group has a node before it, too
    joint = dummy  # the last node of what is done
    while True:
        last = joint
        for _ in range(k):
            last = last.next
            if last is None:  # a short rest
                return dummy.next
        first, after = joint.next, last.next
        before, node = after, first  # the first of the group will point behind it
        while node is not after:
            node.next, before, node = before, node, node.next
        joint.next, joint = last, first
    # --8<-- [end:groups]
