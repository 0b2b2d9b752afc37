"""The inverse of prefix sums: a range changes at its two ends only."""

from collections.abc import Iterable

from ._checks import at_least, half_open, items, whole
from .sums import prefix_sums


# --8<-- [start:updates]
def apply_range_updates(n: int, updates: Iterable[tuple[int, int, int]]) -> list[int]:
    """n zeros after adding a value to each of several ranges; LeetCode 1109.

    Args:
        n: an integer >= 0.
        updates: triples (lo, hi, value); ``lo`` is inside, ``hi`` is not.

    Raises:
        ValueError: unless 0 <= lo <= hi <= n, and for anything that is no integer.
    """
    n = at_least(n, 0, "n")
    d = [0] * (n + 1)  # one more, so that a range may end at n
    for update in items(updates, "triples (lo, hi, value)"):
        lo, hi, value = _triple(update, n)
        d[lo] += value
        d[hi] -= value
    return prefix_sums(d[:n])[1:]
    # --8<-- [end:updates]


def _triple(update: object, n: int) -> tuple[int, int, int]:
    parts = items(update, "lo, hi, value")
    if len(parts) != 3:
        raise ValueError(f"want a triple (lo, hi, value), got {parts!r}")
    lo, hi = half_open(parts[0], parts[1], n, "lo <= hi")
    return lo, hi, whole(parts[2])
