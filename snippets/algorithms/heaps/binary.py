"""The binary heap in a list: items move up towards the root, or down towards leaves.

Place 0 is the root; place i has its parent at (i - 1) // 2 and children at 2i + 1 and
2i + 2. All functions but ``is_heap`` change the list in place; they compare with ``<``
alone. NaN has no order and is refused as an item; inside one, as in ``(nan, 1)``, it is
not looked for. Where a comparison itself raises, the list may be left without order.
"""

from numbers import Real
from operator import index
from typing import Any


# --8<-- [start:up]
def _up(h: list[Any], i: int) -> None:
    """Move the item at i up while it is smaller than its parent."""
    while i > 0 and h[i] < h[parent := (i - 1) // 2]:
        h[i], h[parent] = h[parent], h[i]
        i = parent
    # --8<-- [end:up]


# --8<-- [start:down]
def _down(h: list[Any], i: int) -> None:
    """Move the item at i down while a child is smaller; the smaller child comes up."""
    while (child := 2 * i + 1) < len(h):
        if child + 1 < len(h) and h[child + 1] < h[child]:
            child += 1
        if not h[child] < h[i]:
            break
        h[i], h[child] = h[child], h[i]
        i = child
    # --8<-- [end:down]


# --8<-- [start:push]
def heap_push(h: list[Any], x: Any) -> None:
    """Add an item: at the end, then up; at most log2 n comparisons.

    Args:
        h: a heap; of n items afterwards.
        x: what can be compared with the items. NaN cannot.

    Raises:
        TypeError: if h is no list.
        ValueError: if x is NaN.
    """
    _check(h, x)
    h.append(x)
    _up(h, len(h) - 1)
    # --8<-- [end:push]


# --8<-- [start:pop]
def heap_pop(h: list[Any]) -> Any:
    """Take out the smallest item: the last one takes its place, and goes down.

    Args:
        h: a heap of n items; about 2 log2 n comparisons at most.

    Raises:
        TypeError: if h is no list.
        IndexError: if it is empty.
    """
    _check(h)
    if not h:
        raise IndexError("want a heap with an item to pop, got an empty one")
    last = h.pop()
    return heap_replace(h, last) if h else last
    # --8<-- [end:pop]


# --8<-- [start:replace]
def heap_replace(h: list[Any], x: Any) -> Any:
    """Take out the smallest item and put in x: one way down, in place of down and up.

    What is returned may be greater than x.

    Args:
        h: a heap.
        x: what can be compared with the items. NaN cannot.

    Raises:
        TypeError: if h is no list.
        IndexError: if it is empty.
        ValueError: if x is NaN.
    """
    _check(h, x)
    if not h:
        raise IndexError("want a heap with an item to replace, got an empty one")
    smallest, h[0] = h[0], x
    _down(h, 0)
    return smallest
    # --8<-- [end:replace]


# --8<-- [start:remove]
def heap_remove(h: list[Any], i: int) -> Any:
    """Take out the item at place i, wherever that is; about 2 log2 n comparisons.

    Args:
        h: a heap.
        i: its place, an integer from 0 to len(h) - 1.

    Raises:
        TypeError: if h is no list.
        ValueError: if i is no integer.
        IndexError: if there is no such place.
    """
    _check(h)
    i = _integer("place", i)
    if i >= len(h):
        raise IndexError(f"want a place below {len(h)}, got {i}")
    last = h.pop()
    if i == len(h):
        return last
    removed, h[i] = h[i], last
    _down(h, i)
    _up(h, i)  # last comes from another branch: it may be less than the parent here
    return removed
    # --8<-- [end:remove]


# --8<-- [start:heapify]
def heapify(a: list[Any]) -> None:
    """Make a heap of any list, from the last parent back to the root.

    Fewer than 2n comparisons for n > 0, since most places are near the leaves; no
    memory beside the list.

    Args:
        a: items that can be compared with each other, in any order. NaN cannot.

    Raises:
        TypeError: if a is no list.
        ValueError: if an item is NaN; the list is then as it was.
    """
    _check(a)
    for x in a:
        _ordered(x)
    for i in reversed(range(len(a) // 2)):
        _down(a, i)  # both subtrees of i are heaps already
    # --8<-- [end:heapify]


# --8<-- [start:check]
def is_heap(a: list[Any]) -> bool:
    """Whether no child is smaller than its parent.

    Raises:
        TypeError: if a is no list.
        ValueError: if an item is NaN.
    """
    _check(a)
    for x in a:
        _ordered(x)
    return not any(a[i] < a[(i - 1) // 2] for i in range(1, len(a)))
    # --8<-- [end:check]


def _check(h: list[Any], *items: Any) -> None:
    if not isinstance(h, list):
        raise TypeError(f"want a heap in a list, got {type(h).__name__}")
    for x in items:
        _ordered(x)


def _ordered(x: Any) -> Any:
    """The same, unless it is NaN, which is neither less nor greater than anything."""
    if isinstance(x, Real) and x != x:
        raise ValueError(f"want items that have an order, got {x!r}")
    return x


def _integer(name: str, number: int) -> int:
    """Python's own integer; ValueError unless it is one >= 0. True is none."""
    try:
        found = index(number)
    except TypeError:
        found = -1
    if isinstance(number, bool) or found < 0:
        raise ValueError(f"{name} must be an integer >= 0, got {number!r}")
    return found
