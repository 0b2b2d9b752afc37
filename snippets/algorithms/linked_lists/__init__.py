"""Linked lists: a node knows only its value and the next node; changes are re-linking.

A list is its first node, its head; the empty list is None. Positions count from 0, and
n in "n-th from the end" from 1. Nodes are compared by identity, values by ``<`` and
``==``. Reversal, removal, merging and sorting re-link the nodes they are given: the old
head is then somewhere in the result. No function but ``from_list`` makes nodes that
stay; a list with a cycle is refused where an end is needed.

References:
    Knuth, "The Art of Computer Programming", volume 1, sections 2.2.3 to 2.2.5 (linked,
    circular and doubly linked lists); volume 2, section 3.1, exercise 6 (the two
    pointers, which it attributes to Floyd).
    LeetCode 206, 25, 19, 142, 160, 23, 148 and 146.
"""

from .cycle import cycle_start, meeting
from .lru import LRUCache
from .merging import merge_sorted, sort_list
from .nodes import Node, from_list, to_list
from .places import intersection, middle, remove_nth_from_end
from .reversal import reverse, reverse_k_group

__all__ = [
    "LRUCache",
    "Node",
    "cycle_start",
    "from_list",
    "intersection",
    "meeting",
    "merge_sorted",
    "middle",
    "remove_nth_from_end",
    "reverse",
    "reverse_k_group",
    "sort_list",
    "to_list",
]
