"""A heap keeps the smallest of its items in front: no child stands below its parent.

The heap is a plain list read as a binary tree, level by level: the children of place i
are at 2i + 1 and 2i + 2. Items are compared with ``<`` alone, and the smallest comes
first (a min-heap). Top-k, the merge of k lists and the median of a stream are built
on it; the indexed heap also knows where each key stands, and can change its priority.

References:
    Williams, "Algorithm 232: Heapsort", CACM 7(6), 1964, doi:10.1145/512274.512284.
    Floyd, "Algorithm 245: Treesort 3", CACM 7(12), 1964, doi:10.1145/355588.365103.
"""

from .binary import heap_pop, heap_push, heap_remove, heap_replace, heapify, is_heap
from .indexed import IndexedHeap
from .median import RunningMedian
from .selection import merge_k, top_k

__all__ = [
    "IndexedHeap",
    "RunningMedian",
    "heap_pop",
    "heap_push",
    "heap_remove",
    "heap_replace",
    "heapify",
    "is_heap",
    "merge_k",
    "top_k",
]
