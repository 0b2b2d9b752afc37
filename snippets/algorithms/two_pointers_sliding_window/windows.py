"""Windows over a sequence: the longest valid, the shortest, the number of them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ._checks import at_least, integers, text


# --8<-- [start:windows]
def windows_at_most_k(nums: Iterable[int], k: int) -> Iterator[tuple[int, int]]:
    """For each right end, the longest window with at most k different values.

    Args:
        nums: integers.
        k: an integer >= 0.

    Returns:
        Pairs ``(lo, hi)``, one for each ``hi`` from 0; the window holds both its ends.
        With k = 0 it is empty, and ``lo`` is ``hi + 1``.

    Raises:
        ValueError: for a negative k, and anything that is no integer.
    """
    return _at_most(integers(nums), at_least(k, 0, "k"))


def _at_most(nums: list[int], k: int) -> Iterator[tuple[int, int]]:
    inside: Counter[int] = Counter()
    lo = 0
    for hi, x in enumerate(nums):
        inside[x] += 1  # grow to the right: perhaps broken now
        while len(inside) > k:  # shrink from the left until it is valid
            inside[nums[lo]] -= 1
            if inside[nums[lo]] == 0:
                del inside[nums[lo]]  # a count of 0 would still be a key
            lo += 1
        yield lo, hi  # valid here, each time
    # --8<-- [end:windows]


# --8<-- [start:exactly]
def count_exactly_k_distinct(nums: Iterable[int], k: int) -> int:
    """Number of windows with exactly k different values; LeetCode 992.

    Args:
        nums: integers.
        k: an integer >= 0. No window has 0 different values, so k = 0 gives 0.

    Raises:
        ValueError: for a negative k, and anything that is no integer.
    """
    nums, k = integers(nums), at_least(k, 0, "k")
    if k == 0:
        return 0
    return _count_at_most(nums, k) - _count_at_most(nums, k - 1)


def _count_at_most(nums: list[int], k: int) -> int:
    return sum(hi - lo + 1 for lo, hi in _at_most(nums, k))  # they end at hi
    # --8<-- [end:exactly]


# --8<-- [start:distinct]
def longest_distinct(s: str) -> int:
    """Length of the longest window in which no character repeats; LeetCode 3.

    Raises:
        TypeError: for what is no string.
    """
    last: dict[str, int] = {}  # where each character stood last
    lo = longest = 0
    for hi, c in enumerate(text(s, "s")):
        lo = max(lo, last.get(c, -1) + 1)  # never back: it may stand left of the window
        last[c] = hi
        longest = max(longest, hi - lo + 1)
    return longest
    # --8<-- [end:distinct]


# --8<-- [start:shortest]
def min_length_with_sum(nums: Iterable[int], target: int) -> int | None:
    """Length of the shortest window with a sum >= target, or None; LeetCode 209.

    Args:
        nums: integers >= 0. With a negative one, a longer window could have less.
        target: an integer >= 1.

    Raises:
        ValueError: for a negative number, a target below 1, and what is no integer.
    """
    nums, target = integers(nums, least=0), at_least(target, 1, "target")
    shortest = None
    lo = total = 0
    for hi, x in enumerate(nums):
        total += x
        while total >= target:  # valid: note it, then try a shorter one
            if shortest is None or hi - lo + 1 < shortest:
                shortest = hi - lo + 1
            total -= nums[lo]
            lo += 1
    return shortest
    # --8<-- [end:shortest]


# --8<-- [start:changes]
def longest_with_changes(s: str, k: int) -> int:
    """Longest window of one letter, if k letters may be changed; LeetCode 424.

    Args:
        s: a string.
        k: an integer >= 0.

    Raises:
        TypeError: for what is no string.
        ValueError: for a negative k, and one that is no integer.
    """
    s, k = text(s, "s"), at_least(k, 0, "k")
    inside: Counter[str] = Counter()
    lo = most = 0  # most: largest count of a letter in any window so far
    for hi, c in enumerate(s):
        inside[c] += 1
        most = max(most, inside[c])
        if hi - lo + 1 > most + k:  # if, not while: the window never gets shorter
            inside[s[lo]] -= 1
            lo += 1
    return len(s) - lo
    # --8<-- [end:changes]
