"""Windows that must hold certain characters, each as often as asked for."""

from collections import Counter

from ._checks import text


# --8<-- [start:cover]
def min_window(s: str, t: str) -> str:
    """The shortest window of s that holds all of t, repeats included; LeetCode 76.

    Args:
        s: where to look.
        t: what must be inside, in any order.

    Returns:
        The leftmost of the shortest windows; "" if there is none, or t is empty.

    Raises:
        TypeError: for what is no string.
    """
    s, t = text(s, "s"), text(t, "t")
    if not t:
        return ""
    need = Counter(t)  # of each, how many are still wanted; below 0: a surplus
    missing, lo = len(t), 0
    start = stop = 0  # the best so far; none at first
    for hi, c in enumerate(s):
        if need[c] > 0:
            missing -= 1  # a surplus, or another character, brings nothing
        need[c] -= 1
        while missing == 0:
            if stop == 0 or hi + 1 - lo < stop - start:
                start, stop = lo, hi + 1
            need[s[lo]] += 1
            if need[s[lo]] > 0:
                missing += 1
            lo += 1
    return s[start:stop]  # one copy, at the end
    # --8<-- [end:cover]


# --8<-- [start:anagrams]
def anagram_starts(s: str, t: str) -> list[int]:
    """Where in s a window begins that is t in some order; LeetCode 438.

    Raises:
        TypeError: for what is no string.
        ValueError: if t is empty: every place would be one.
    """
    s, t = text(s, "s"), text(t, "t")
    if not t:
        raise ValueError(f"want t to have a character at least, got {t!r}")
    need = Counter(t)
    missing, found = len(t), []
    for hi, c in enumerate(s):
        if need[c] > 0:
            missing -= 1
        need[c] -= 1
        gone = hi - len(t)  # the place that leaves: the window is as long as t
        if gone >= 0:
            need[s[gone]] += 1
            if need[s[gone]] > 0:
                missing += 1
        if missing == 0:
            found.append(gone + 1)
    return found
    # --8<-- [end:anagrams]
