"""Merging k sorted lists by a heap of their heads, and merge sort for lists."""

from collections.abc import Iterable
from heapq import heapify, heappop, heapreplace

from .cycle import require_end
from .nodes import Node


# --8<-- [start:merge]
def merge_sorted(heads: Iterable[Node | None]) -> Node | None:
    """All nodes of k sorted lists in one; O(N log k) comparisons, O(k) memory.

    Equal values keep the order of their lists. Equal is what ``==`` says: values that
    know ``<`` alone are merged, but ties among them stand in any order.

    Args:
        heads: first nodes of the lists, each sorted, which is not checked; None for an
            empty one.

    Raises:
        ValueError: for a list with a cycle, or lists that share nodes.
        TypeError: if a head is neither a node nor None, or if values cannot be
            compared; the lists may then be linked to each other.
    """
    heads = list(heads)
    _require_apart(heads)
    # The number of the list decides between equal values: nodes have no order.
    heap = [(h.value, order, h) for order, h in enumerate(heads) if h is not None]
    heapify(heap)
    dummy = last = Node(None)
    while heap:
        _, order, node = heap[0]
        last.next = node
        last = node
        if node.next is None:
            heappop(heap)
        else:
            heapreplace(heap, (node.next.value, order, node.next))
    return dummy.next
    # --8<-- [end:merge]


def _require_apart(heads: list[Node | None]) -> None:
    """ValueError if two of the lists share a node: then they share the last one."""
    ends = set()
    for node in heads:
        require_end(node)
        if node is None:
            continue
        while node.next is not None:
            node = node.next
        if id(node) in ends:
            raise ValueError(f"want lists that share no nodes, got two with {node}")
        ends.add(id(node))


# --8<-- [start:sort]
def sort_list(head: Node | None) -> Node | None:
    """The same nodes, values rising, equal ones as they were; O(n log n) comparisons.

    Only ``<`` is asked. A NaN, which is neither less nor greater, spoils the order of
    the others.

    Args:
        head: the first node; None for the empty list.

    Raises:
        ValueError: for a list with a cycle.
        TypeError: if ``head`` is neither a node nor None, or if values cannot be
            compared; the list is then in pieces.
    """
    require_end(head)
    return _sort(head)


def _sort(head: Node | None) -> Node | None:
    """Cut in the middle, sort both halves, merge them; log2(n) calls deep."""
    if head is None or head.next is None:
        return head
    slow, fast = head, head.next  # from the head, two nodes would never be cut
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    half, slow.next = slow.next, None
    return _merge(_sort(head), _sort(half))


def _merge(left: Node | None, right: Node | None) -> Node | None:
    """Two sorted lists in one."""
    dummy = last = Node(None)
    while left is not None and right is not None:
        if right.value < left.value:  # at a tie the left one goes first
            last.next, right = right, right.next
        else:
            last.next, left = left, left.next
        last = last.next
    last.next = right if left is None else left
    return dummy.next
    # --8<-- [end:sort]
