"""Heap sort: a heap gives its greatest element, which goes to the end."""

from collections.abc import Iterable
from typing import Any, TypeVar

T = TypeVar("T")


# --8<-- [start:sift]
def _sift(out: list[Any], root: int, end: int) -> None:
    """Let ``out[root]`` sink in ``out[:end]`` until no child is greater."""
    while (child := 2 * root + 1) < end:
        if child + 1 < end and out[child] < out[child + 1]:
            child += 1  # the greater of two children
        if not out[root] < out[child]:
            return
        out[root], out[child] = out[child], out[root]
        root = child
    # --8<-- [end:sift]


# --8<-- [start:sort]
def heap_sort(a: Iterable[T]) -> list[T]:
    """Make a heap, then swap its top with its end, again and again; not stable.

    Args:
        a: elements of which any two can be compared by ``<``.
    """
    out = list(a)
    for root in reversed(range(len(out) // 2)):
        _sift(out, root, len(out))
    for end in reversed(range(1, len(out))):
        out[0], out[end] = out[end], out[0]
        _sift(out, 0, end)
    return out
    # --8<-- [end:sort]
