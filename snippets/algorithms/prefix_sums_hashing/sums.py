"""Prefix sums of a list: any range is the difference of two."""

from collections.abc import Iterable

from ._checks import integers


# --8<-- [start:sums]
def prefix_sums(a: Iterable[int]) -> list[int]:
    """The sums of the first 0, 1, ..., n numbers: a[l:r] sums to p[r] - p[l].

    Args:
        a: n integers.

    Returns:
        n + 1 integers; the first one is 0, the sum of nothing.

    Raises:
        ValueError: for anything that is no integer.
    """
    p = [0]
    for x in integers(a):
        p.append(p[-1] + x)
    return p
    # --8<-- [end:sums]
