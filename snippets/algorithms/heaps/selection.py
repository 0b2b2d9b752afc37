"""The k largest of a stream, and the merge of k sorted lists: heaps of size k.

Both look at each item once, and the heap holds at most k, however long the input.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from .binary import _integer, _ordered, heap_pop, heap_push, heap_replace, heapify


# --8<-- [start:top]
def top_k(xs: Iterable[Any], k: int) -> list[Any]:
    """The k largest items, the largest first; O(n log k) time, O(k) memory.

    Args:
        xs: n items in any order, from a list or any other iterable, read once.
        k: how many, an integer >= 0; if there are fewer items, all are returned. Which
            of several equal items are among them is not defined.

    Raises:
        ValueError: if k is no such integer, or an item is NaN.
    """
    k = _integer("k", k)
    # A min-heap: in front is the least of the k best, the next one to go.
    best: list[Any] = []
    for x in map(_ordered, xs):
        if len(best) < k:
            heap_push(best, x)
        elif k and best[0] < x:
            heap_replace(best, x)
    return sorted(best, reverse=True)
    # --8<-- [end:top]


# --8<-- [start:merge]
class _Head:
    """The first item of a list that is left, and the way to the next one."""

    def __init__(self, order: int, rest: Iterator[Any], value: Any) -> None:
        self.order, self.rest, self.value = order, rest, _ordered(value)

    def __lt__(self, other: "_Head") -> bool:
        if self.value < other.value:
            return True
        # Equal values: the earlier list first, so that the merge is stable.
        return self.order < other.order and not other.value < self.value


def merge_k(lists: Iterable[Iterable[Any]]) -> list[Any]:
    """All items of k sorted lists in one sorted list; O(N log k) for N items in all.

    Stable: of equal items, those of the earlier list come first.

    Args:
        lists: each sorted, the smallest item first. Some may be empty.

    Raises:
        ValueError: if one is not sorted, or an item is NaN.
    """
    heads, merged = [], []
    for order, rest in enumerate(map(iter, lists)):
        for value in rest:
            heads.append(_Head(order, rest, value))
            break  # only the first: the others wait in rest
    heapify(heads)
    while heads:
        head = heads[0]
        merged.append(head.value)
        for value in head.rest:
            if value < head.value:
                raise ValueError(
                    f"want sorted lists, got {value!r} after {head.value!r}"
                )
            heap_replace(heads, _Head(head.order, head.rest, value))
            break
        else:
            heap_pop(heads)  # that list is used up
    return merged
    # --8<-- [end:merge]
