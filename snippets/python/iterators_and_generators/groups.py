"""Items of a stream in groups: one group after the other, or overlapping."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from ._checks import at_least


# --8<-- [start:batched]
def batched(iterable: Iterable[Any], n: int) -> Iterator[tuple[Any, ...]]:
    """Tuples of n items each, one after the other; the last one may be shorter.

    Raises:
        ValueError: if ``n`` is not an integer >= 1; by the call, not by ``next``.
    """
    size = min(at_least("n", n, 1), sys.maxsize)  # islice takes no larger number
    source = iter(iterable)

    def batches() -> Iterator[tuple[Any, ...]]:
        while batch := tuple(islice(source, size)):  # an empty one is the end
            yield batch

    return batches()
    # --8<-- [end:batched]


# --8<-- [start:windows]
def windows(iterable: Iterable[Any], n: int) -> Iterator[tuple[Any, ...]]:
    """Tuples of n neighbours, each one item further; none if there are fewer than n.

    Raises:
        ValueError: if ``n`` is not an integer >= 1; by the call, not by ``next``.
    """
    size = min(at_least("n", n, 1), sys.maxsize)  # nor does deque
    source = iter(iterable)

    def views() -> Iterator[tuple[Any, ...]]:
        window: deque[Any] = deque(maxlen=size)  # drops its oldest item when full
        for item in source:
            window.append(item)
            if len(window) == size:
                yield tuple(window)  # a copy: the deque goes on changing

    return views()
    # --8<-- [end:windows]
