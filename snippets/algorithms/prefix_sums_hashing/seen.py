"""A hash table of what has been seen answers "was there such a one?" at once."""

from collections.abc import Iterable

from ._checks import integers, whole


# --8<-- [start:two]
def two_sum(a: Iterable[int], target: int) -> tuple[int, int] | None:
    """Two places i < j with a[i] + a[j] == target, or None; LeetCode 1.

    Of several such pairs, it is that with the least j, and for it the largest i.

    Args:
        a: integers in any order.
        target: an integer.

    Raises:
        ValueError: for anything that is no integer.
    """
    a, target = integers(a), whole(target)
    place: dict[int, int] = {}  # value -> where it stood last
    for j, x in enumerate(a):
        if target - x in place:
            return place[target - x], j
        place[x] = j  # after the question: no number is its own partner
    return None
    # --8<-- [end:two]


# --8<-- [start:consecutive]
def longest_consecutive(a: Iterable[int]) -> int:
    """Length of the longest run v, v + 1, v + 2, ... among the numbers; LeetCode 128.

    Args:
        a: integers in any order; repeats count once.

    Returns:
        The length; 0 if there are no numbers.

    Raises:
        ValueError: for anything that is no integer.
    """
    present = set(integers(a))
    longest = 0
    for v in present:
        if v - 1 in present:
            continue  # not the start of its run: walking from here would repeat work
        end = v + 1
        while end in present:
            end += 1
        longest = max(longest, end - v)
    return longest
    # --8<-- [end:consecutive]
