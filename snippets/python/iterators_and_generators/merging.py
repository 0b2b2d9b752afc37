"""Many sources into one stream: nested lists flattened, iterators taken in turn."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any


# --8<-- [start:flatten]
def flatten(x: Any) -> Iterator[Any]:
    """The items of lists and tuples of any depth, from left to right.

    Anything else is an item, also a string. An ``x`` that is no list is the only one.

    Raises:
        ValueError: at the ``next`` that would enter a list that contains itself.
    """
    stack = [iter([x])]  # the iterators that are open, the innermost last
    inside: dict[int, None] = {}  # ids of their lists, in the same order
    while stack:
        for item in stack[-1]:  # goes on where this iterator stopped
            if not isinstance(item, list | tuple):
                yield item
                continue
            if id(item) in inside:
                raise ValueError("x must not contain itself, got a list that does")
            stack.append(iter(item))
            inside[id(item)] = None
            break
        else:  # no break: this iterator is done
            stack.pop()
            if inside:
                inside.popitem()
    # --8<-- [end:flatten]


# --8<-- [start:round-robin]
def round_robin(*iterables: Iterable[Any]) -> Iterator[Any]:
    """One item of each in turn; an iterable that has none left drops out."""
    waiting = deque([iter(iterable) for iterable in iterables])

    def turns() -> Iterator[Any]:
        while waiting:
            source = waiting.popleft()
            try:
                item = next(source)
            except StopIteration:
                continue  # it does not return to the queue
            yield item
            waiting.append(source)

    return turns()
    # --8<-- [end:round-robin]
