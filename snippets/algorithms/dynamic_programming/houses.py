"""The best choice of houses of which no two are neighbours, in a row or on a circle.

References:
    LeetCode 198, "House Robber"; 213, "House Robber II".
"""

from collections.abc import Iterable, Sequence

from ._checks import _numbers


# --8<-- [start:houses]
def house_robber(values: Iterable[float], circular: bool = False) -> float:
    """The largest sum of values of which no two stand side by side.

    Args:
        values: finite numbers >= 0. Without any, the sum is 0.
        circular: the last is a neighbour of the first, too.

    Raises:
        ValueError: for a value that is negative, not finite, or no number.
    """
    houses = _numbers("value", values, 0)
    if circular and len(houses) > 1:  # first and last are not both taken
        return max(_row(houses[1:]), _row(houses[:-1]))
    return _row(houses)


def _row(houses: Sequence[float]) -> float:
    before, best = 0, 0  # without the last house that was seen, and with all of them
    for value in houses:
        before, best = best, max(best, before + value)  # leave it, or take it
    return best
    # --8<-- [end:houses]
