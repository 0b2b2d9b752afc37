"""Plain stacks: brackets, a stack that knows its minimum, and two that make a queue.

The end of a list is the top of a stack: ``append`` and ``pop`` there take constant
time on average, while ``pop(0)`` moves all that remain.

References:
    LeetCode 20, "Valid Parentheses"; 155, "Min Stack"; 232, "Implement Queue using
    Stacks".
"""

from typing import Any

from ._checks import _number, _text


# --8<-- [start:brackets]
def is_balanced(s: str) -> bool:
    """Whether each bracket of (), [] and {} closes the last one that is open.

    Args:
        s: any text; characters that are no brackets are ignored.

    Raises:
        ValueError: for anything that is no string.
    """
    partner = {")": "(", "]": "[", "}": "{"}
    open_: list[str] = []
    for character in _text("s", s):
        if character in "([{":
            open_.append(character)
        elif character in partner and (
            not open_ or open_.pop() != partner[character]  # nothing open, or another
        ):
            return False
    return not open_  # what is still open was never closed
    # --8<-- [end:brackets]


# --8<-- [start:minimum]
class MinStack:
    """A stack that also tells the least of its values, each call in amortised O(1).

    Beside each value stands the least of it and all below: what lies above is gone
    whenever the value is on top, so the number never has to change.
    """

    def __init__(self) -> None:
        self._pairs: list[tuple[float, float]] = []  # value, least up to here

    def __len__(self) -> int:
        return len(self._pairs)

    def push(self, x: float) -> None:
        """Put a number on top; ValueError for NaN or what is no number."""
        x = _number("x", x)
        self._pairs.append((x, min(x, self._pairs[-1][1]) if self._pairs else x))

    def pop(self) -> float:
        """Take the top off and return it; IndexError if there is none."""
        value, _ = self._last("pop")
        self._pairs.pop()
        return value

    def top(self) -> float:
        """The value on top; IndexError if there is none."""
        return self._last("top")[0]

    def minimum(self) -> float:
        """The least of all values; IndexError if there is none."""
        return self._last("minimum")[1]

    def _last(self, call: str) -> tuple[float, float]:
        if not self._pairs:
            raise IndexError(f"{call} wants a stack of at least one value, got none")
        return self._pairs[-1]

    # --8<-- [end:minimum]


# --8<-- [start:queue]
class StackQueue:
    """A queue of two stacks; each value moves once, so a call costs O(1) amortised."""

    def __init__(self) -> None:
        self._in: list[Any] = []  # newest on top
        self._out: list[Any] = []  # oldest on top

    def __len__(self) -> int:
        return len(self._in) + len(self._out)

    def push(self, x: Any) -> None:
        """Put a value at the end of the queue."""
        self._in.append(x)

    def pop(self) -> Any:
        """Take the oldest value off and return it; IndexError if there is none."""
        if not self._out:  # only now: a value moved earlier would lie above older ones
            while self._in:
                self._out.append(self._in.pop())
        if not self._out:
            raise IndexError("pop wants a queue of at least one value, got none")
        return self._out.pop()

    # --8<-- [end:queue]
