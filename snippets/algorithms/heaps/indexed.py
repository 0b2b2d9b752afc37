"""A heap that knows where each key stands, so that a priority can change."""

from collections.abc import Hashable
from typing import Any

from .binary import _ordered


# --8<-- [start:indexed]
class IndexedHeap:
    """A priority queue of keys, each in it once; the smallest priority comes first.

    ``place`` says for each key where in the heap it stands. Every exchange of two
    entries keeps it up to date; that is all that a plain heap lacks.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[Hashable, Any]] = []  # key, priority
        self._place: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def push(self, key: Hashable, priority: Any) -> None:
        """Put in a key, or change its priority, up or down; O(log n).

        Args:
            key: hashable; keys are not compared.
            priority: compared with ``<`` alone. Equal ones come in any order.

        Raises:
            ValueError: if the priority is NaN.
        """
        entry = key, _ordered(priority)
        i = self._place.setdefault(key, len(self))
        if i == len(self):
            self._entries.append(entry)
        else:
            self._entries[i] = entry
        self._down(self._up(i))

    def pop(self) -> tuple[Hashable, Any]:
        """Take out a key with the smallest priority, and that priority; O(log n).

        Raises:
            IndexError: if the heap is empty.
        """
        if not self._entries:
            raise IndexError("want a heap with a key to pop, got an empty one")
        self._swap(0, len(self) - 1)
        key, priority = self._entries.pop()
        del self._place[key]
        self._down(0)
        return key, priority

    def _up(self, i: int) -> int:
        while i > 0 and self._less(i, parent := (i - 1) // 2):
            self._swap(i, parent)
            i = parent
        return i

    def _down(self, i: int) -> None:
        while (child := 2 * i + 1) < len(self):
            if child + 1 < len(self) and self._less(child + 1, child):
                child += 1
            if not self._less(child, i):
                break
            self._swap(i, child)
            i = child

    def _less(self, i: int, j: int) -> bool:
        less: bool = self._entries[i][1] < self._entries[j][1]
        return less

    def _swap(self, i: int, j: int) -> None:
        entries = self._entries
        entries[i], entries[j] = entries[j], entries[i]
        self._place[entries[i][0]], self._place[entries[j][0]] = i, j
        # --8<-- [end:indexed]
