"""A cache of what was used last: a dict finds links, their ring has the order."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from .nodes import integer


# --8<-- [start:link]
class _Link:
    """A node of a doubly linked ring; alone, it is its own neighbour."""

    __slots__ = ("after", "before", "key", "value")

    def __init__(self, key: Any = None, value: Any = None) -> None:
        self.key, self.value = key, value
        self.before = self.after = self

    def remove(self) -> None:
        self.before.after, self.after.before = self.after, self.before

    def insert_before(self, other: _Link) -> None:
        self.before, self.after = other.before, other
        other.before.after = self
        other.before = self
        # --8<-- [end:link]


# --8<-- [start:lru]
class LRUCache:
    """At most ``capacity`` entries; a new one displaces the least recently used.

    Args:
        capacity: an integer >= 1.

    Raises:
        ValueError: if it is not.
        TypeError: from ``get`` and ``put``, if the key cannot be hashed.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = integer(capacity, "capacity")
        self._links: dict[Hashable, _Link] = {}
        self._root = _Link()  # the sentinel: after it the oldest, before it the newest

    def get(self, key: Hashable, default: Any = None) -> Any:
        """The value of the key, which is then the newest; ``default`` without one."""
        link = self._links.get(key)
        if link is None:
            return default
        link.remove()
        link.insert_before(self._root)
        return link.value

    def put(self, key: Hashable, value: Any) -> None:
        """Set the value of the key, which is then the newest."""
        link = self._links.get(key)
        if link is None:
            if len(self._links) == self.capacity:
                oldest = self._root.after
                oldest.remove()
                del self._links[oldest.key]
            link = self._links[key] = _Link(key)
        else:
            link.remove()
        link.value = value
        link.insert_before(self._root)
        # --8<-- [end:lru]
