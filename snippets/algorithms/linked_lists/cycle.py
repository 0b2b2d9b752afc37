"""Two pointers, one twice as fast: is there a cycle, and where does it start?"""

from .nodes import Node, checked


# --8<-- [start:meeting]
def meeting(head: Node | None) -> tuple[Node, int] | None:
    """The node where slow and fast first meet after the start, and the step; or None.

    Both start at the head; in a step slow takes one link and fast two. In a list that
    ends, fast comes to its end.

    Args:
        head: the first node; None for the empty list.

    Raises:
        TypeError: if ``head`` is neither a node nor None.
    """
    slow = fast = checked(head)
    steps = 0
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
        steps += 1
        if slow is fast:  # the same node, not only the same value
            return slow, steps
    return None
    # --8<-- [end:meeting]


# --8<-- [start:start]
def cycle_start(head: Node | None) -> Node | None:
    """The first node that is on the cycle; None for a list that ends.

    Args:
        head: the first node; None for the empty list.

    Raises:
        TypeError: if ``head`` is neither a node nor None.
    """
    met = meeting(head)
    if met is None:
        return None
    slow, _ = met
    while slow is not head:  # the head has as far to go to the start as slow has
        slow, head = slow.next, head.next
    return slow
    # --8<-- [end:start]


def require_end(head: Node | None) -> None:
    """ValueError for a list with a cycle; O(n) time and O(1) memory."""
    if (met := meeting(head)) is not None:
        raise ValueError(f"want a list that ends, got a cycle through {met[0]}")
