"""Stacks, queues and the monotonic stack: keep the unanswered ones, in order.

A stack gives back what came last, a queue what came first. A stack whose values are
kept in order answers for each element where the next larger or smaller one stands, in
one pass; a queue kept in order has the maximum of a sliding window at its front.
Places are counted from 0. Values are integers or floats without NaN; True is neither.

References:
    Knuth, "The Art of Computer Programming", volume 1, section 2.2.1 (stacks, queues
    and deques; what one stack can sort).
    Lemire, "Streaming Maximum-Minimum Filter Using No More than Three Comparisons per
    Element", 2006, arXiv:cs/0610046 (the queue of the window's maximum).
"""

from .digits import remove_k_digits
from .neighbours import next_greater, smaller_bounds, sum_subarray_minimums
from .rectangles import largest_rectangle, maximal_rectangle
from .stacks import MinStack, StackQueue, is_balanced
from .windows import sliding_maximum

__all__ = [
    "MinStack",
    "StackQueue",
    "is_balanced",
    "largest_rectangle",
    "maximal_rectangle",
    "next_greater",
    "remove_k_digits",
    "sliding_maximum",
    "smaller_bounds",
    "sum_subarray_minimums",
]
