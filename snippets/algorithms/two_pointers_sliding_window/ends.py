"""Two pointers that start at the ends and walk towards each other."""

from collections.abc import Iterable

from ._checks import integers, rising, whole


# --8<-- [start:two]
def two_sum_sorted(a: Iterable[int], target: int) -> tuple[int, int] | None:
    """Two places ``i < j`` with ``a[i] + a[j] == target``, or None; LeetCode 167.

    Of several such pairs, it is the one with the least ``i``, and for that the largest
    ``j``: the outermost one.

    Args:
        a: integers in rising order; equal ones are allowed.
        target: an integer.

    Raises:
        ValueError: for anything that is no integer, and if ``a`` is not in order.
    """
    a, target = rising(a), whole(target)
    i, j = 0, len(a) - 1
    while i < j:  # with i <= j an element would be added to itself
        total = a[i] + a[j]
        if total == target:
            return i, j
        if total < target:
            i += 1  # a[j] was the best partner left for a[i], and too small
        else:
            j -= 1  # a[i] was the best partner left for a[j], and too large
    return None
    # --8<-- [end:two]


# --8<-- [start:three]
def three_sum(nums: Iterable[int], target: int = 0) -> list[list[int]]:
    """All different triples of values that sum to the target; LeetCode 15.

    Args:
        nums: integers in any order. Each place is used at most once.
        target: an integer.

    Returns:
        Triples in rising order, each once, and sorted among themselves.

    Raises:
        ValueError: for anything that is no integer.
    """
    a, target = sorted(integers(nums)), whole(target)
    found = []
    for first in range(len(a) - 2):
        if first > 0 and a[first] == a[first - 1]:
            continue  # the same first value found all its triples already
        i, j = first + 1, len(a) - 1
        rest = target - a[first]
        while i < j:
            total = a[i] + a[j]
            if total == rest:
                found.append([a[first], a[i], a[j]])
                i, j = i + 1, j - 1
                while i < j and a[i] == a[i - 1]:
                    i += 1  # the same second value would give the same triple
            elif total < rest:
                i += 1
            else:
                j -= 1
    return found
    # --8<-- [end:three]


# --8<-- [start:container]
def max_container(heights: Iterable[int]) -> int:
    """The largest (j - i) * min(heights[i], heights[j]); LeetCode 11.

    Args:
        heights: integers >= 0. Fewer than two hold nothing: 0.

    Raises:
        ValueError: for a negative height, and anything that is no integer.
    """
    h = integers(heights, least=0)
    i, j, best = 0, len(h) - 1, 0
    while i < j:
        best = max(best, (j - i) * min(h[i], h[j]))
        if h[i] < h[j]:
            i += 1  # any narrower container with h[i] is no higher
        else:
            j -= 1  # on a tie both are finished, so either may go
    return best
    # --8<-- [end:container]


# --8<-- [start:water]
def trapped_water(heights: Iterable[int]) -> int:
    """Rain that stays between bars of width 1; LeetCode 42.

    Args:
        heights: integers >= 0.

    Raises:
        ValueError: for a negative height, and anything that is no integer.
    """
    h = integers(heights, least=0)
    i, j, water = 0, len(h) - 1, 0
    left = right = 0  # highest bar seen from each side
    while i < j:
        left, right = max(left, h[i]), max(right, h[j])
        if left < right:
            water += left - h[i]  # whatever lies between, the right wall is higher
            i += 1
        else:
            water += right - h[j]
            j -= 1
    return water
    # --8<-- [end:water]
