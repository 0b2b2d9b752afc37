"""The stretch of neighbours with the largest sum: Kadane's one pass.

References:
    Bentley, "Programming Pearls: Algorithm Design Techniques", Communications of the
    ACM 27(9), 1984, doi:10.1145/358234.381162 (who tells that Kadane found it).
    LeetCode 53, "Maximum Subarray".
"""

from collections.abc import Iterable

from ._checks import _numbers


# --8<-- [start:kadane]
def max_subarray(a: Iterable[float]) -> tuple[float, int, int]:
    """The largest sum of a stretch that is not empty, and where it stands.

    Args:
        a: finite numbers of any sign, one at least.

    Returns:
        (sum, lo, hi) for the stretch a[lo:hi]. Of equal sums it is the one that ends
        first, and of those the shortest (exactly so for integers).

    Raises:
        ValueError: for an empty input, or what is no finite number.
    """
    values = _numbers("value", a)
    if not values:
        raise ValueError("max_subarray wants at least one value, got none")
    ending, start = values[0], 0  # the best sum that ends here, and where it starts
    best = (ending, 0, 1)
    for i in range(1, len(values)):
        if ending > 0:
            ending += values[i]
        else:  # what went before adds nothing
            ending, start = values[i], i
        if ending > best[0]:
            best = (ending, start, i + 1)
    return best
    # --8<-- [end:kadane]
