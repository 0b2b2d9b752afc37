"""The maximum of a sliding window, kept at the front of a queue in falling order.

The queue holds the candidates: a value that is older and smaller than another one can
never again be the maximum. They leave at the front when the window has passed them,
and at the back when something larger comes; so the queue must be open at both ends.

References:
    LeetCode 239, "Sliding Window Maximum".
    Lemire, 2006, arXiv:cs/0610046.
"""

from collections import deque
from collections.abc import Sequence

from ._checks import _integer, _numbers


# --8<-- [start:window]
def sliding_maximum(a: Sequence[float], k: int) -> list[float]:
    """The maxima of all windows of ``k`` neighbours, from left to right, in O(n).

    Args:
        a: numbers of any sign, not NaN; at least one.
        k: width of the window, an integer from 1 to the number of values.

    Returns:
        One maximum for each of the ``len(a) - k + 1`` windows.

    Raises:
        ValueError: for such a ``k`` or value; so also if there are no values.
    """
    values = _numbers("value", a)
    if not values:
        raise ValueError(f"a must have at least one value, got none (k is {k!r})")
    k = _integer("k", k, 1, len(values))
    candidates: deque[int] = deque()  # places; their values fall, or are equal
    maxima = []
    for i, x in enumerate(values):
        while candidates and values[candidates[-1]] < x:
            candidates.pop()  # older and smaller: never again the maximum
        candidates.append(i)
        if candidates[0] == i - k:
            candidates.popleft()  # no longer in the window
        if i >= k - 1:
            maxima.append(values[candidates[0]])
    return maxima
    # --8<-- [end:window]
