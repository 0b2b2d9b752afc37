"""A class to loop over, and an iterator that looks one item ahead.

References:
    PEP 234 (the iterator protocol).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ._checks import at_least


# --8<-- [start:countdown]
class CountDown:
    """The numbers n, n - 1, ..., 1; each loop starts anew.

    Raises:
        ValueError: if ``n`` is not an integer >= 0.
    """

    def __init__(self, n: int) -> None:
        self.n = at_least("n", n, 0)

    def __iter__(self) -> Iterator[int]:
        k = self.n  # a local of this call: each loop has its own
        while k > 0:
            yield k
            k -= 1

    # --8<-- [end:countdown]


# --8<-- [start:peekable]
class Peekable:
    """An iterator whose next item can be looked at before it is taken.

    Its truth value says whether an item is left. To know that, ``bool`` and ``peek``
    take one item from the source, if none is held, and hold it for the next ``next``.

    Raises:
        TypeError: if ``iterable`` cannot be iterated over.
    """

    def __init__(self, iterable: Iterable[Any]) -> None:
        self._source = iter(iterable)
        self._held: list[Any] = []  # at most one item, which may be None

    def __iter__(self) -> "Peekable":
        return self

    def __next__(self) -> Any:
        return self._held.pop() if self._held else next(self._source)

    def __bool__(self) -> bool:
        if not self._held:
            for item in self._source:
                self._held.append(item)
                break
        return bool(self._held)

    def peek(self, *default: Any) -> Any:
        """The next item, which stays; the default, if there is none.

        Raises:
            ValueError: if no item is left and no default is given.
            TypeError: if there is more than one default.
        """
        if len(default) > 1:
            raise TypeError(f"peek takes at most one default, got {len(default)}")
        if self:
            return self._held[0]
        if default:
            return default[0]
        raise ValueError("peek needs an item or a default, got neither")

    # --8<-- [end:peekable]
