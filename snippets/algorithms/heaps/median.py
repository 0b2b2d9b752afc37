"""The median of a stream from two heaps that face each other."""

from math import isfinite, isinf
from numbers import Real

from .binary import heap_pop, heap_push


# --8<-- [start:median]
class RunningMedian:
    """The median of all numbers so far: O(log n) to add one, O(1) to read it.

    ``low`` holds the lower half, its largest in front; ``high`` the upper half, its
    smallest in front. ``low`` has as many numbers as ``high``, or one more.
    """

    def __init__(self) -> None:
        self._low: list[float] = []  # negated: the smallest of -x is the largest x
        self._high: list[float] = []

    def __len__(self) -> int:
        return len(self._low) + len(self._high)

    def add(self, x: float) -> None:
        """Take in one number, kept as float64.

        Raises:
            ValueError: for NaN, a number beyond float64, or what is no real number.
        """
        number = _number(x)
        heap_push(self._low, -number)
        heap_push(self._high, -heap_pop(self._low))  # the largest of low and x
        if len(self._high) > len(self._low):
            heap_push(self._low, -heap_pop(self._high))

    def median(self) -> float:
        """The middle number; of an even count, the mean of the middle two.

        NaN only if these are minus infinity and infinity.

        Raises:
            ValueError: if no number has been added.
        """
        if not self._low:
            raise ValueError("want at least one number for a median, got none")
        below = -self._low[0]
        if len(self._low) > len(self._high):
            return below
        above = self._high[0]
        mean = (below + above) / 2
        return mean if isfinite(mean) else below / 2 + above / 2  # the sum overflowed
        # --8<-- [end:median]


def _number(x: float) -> float:
    """As float64; ValueError unless it is a real number that has an order. No bool."""
    try:
        found = float(x) if isinstance(x, Real) and not isinstance(x, bool) else None
    except OverflowError:
        found = None
    # A wider float than float64 becomes infinity, and is then unequal to it.
    if found is None or found != found or (isinf(found) and found != x):
        raise ValueError(f"want a real number that float64 can hold, got {x!r}")
    return found
