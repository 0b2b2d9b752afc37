"""Two pointers find the middle, the n-th from the end, or where two lists join."""

from .cycle import require_end
from .nodes import Node, integer


# --8<-- [start:middle]
def middle(head: Node | None) -> Node | None:
    """The middle node, of an even number the second of the two; None if there is none.

    Args:
        head: the first node; None for the empty list.

    Raises:
        ValueError: for a list with a cycle.
        TypeError: if ``head`` is neither a node nor None.
    """
    require_end(head)
    slow = fast = head
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    return slow
    # --8<-- [end:middle]


# --8<-- [start:remove]
def remove_nth_from_end(head: Node | None, n: int) -> Node | None:
    """The list without its n-th node from the end.

    Args:
        head: the first node.
        n: 1 for the last node, and so on.

    Raises:
        ValueError: if n is no integer from 1 to the length, or for a list with a cycle.
        TypeError: if ``head`` is neither a node nor None.
    """
    n = integer(n, "n")
    require_end(head)
    dummy = Node(None, head)  # the node before the head, if that is to go
    ahead = before = dummy
    for steps in range(n):
        ahead = ahead.next
        if ahead is None:
            raise ValueError(f"n must be at most the length, {steps}; got {n}")
    while ahead.next is not None:  # n links apart, until the front one is the last
        ahead, before = ahead.next, before.next
    gone = before.next
    before.next, gone.next = gone.next, None
    return dummy.next
    # --8<-- [end:remove]


# --8<-- [start:intersection]
def intersection(first: Node | None, second: Node | None) -> Node | None:
    """The first node that both lists have; None if they share none.

    Args:
        first: head of one list.
        second: head of the other.

    Raises:
        ValueError: for a list with a cycle.
        TypeError: if a head is neither a node nor None.
    """
    require_end(first)
    require_end(second)
    one, other = first, second
    while one is not other:  # each walks its list, then the other one
        one = second if one is None else one.next
        other = first if other is None else other.next
    return one
    # --8<-- [end:intersection]
