"""The search that lists the combinations, by recursion and by a loop.

Each combination is built in one order only: by rising index into the sorted candidates.
With reuse (part 1) a level starts at the index of the last pick; if each number may be
used once (part 2), at the one after it.

References:
    LeetCode 39, "Combination Sum"; LeetCode 40, "Combination Sum II".
    Knuth, "The Art of Computer Programming", volume 4B, section 7.2.2 (backtracking).
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from .counts import _check_candidates, _integer


# --8<-- [start:recursive]
def combination_sum_recursive(
    candidates: Sequence[int], target: int, once: bool = False
) -> list[list[int]]:
    """Both parts as textbooks write them, by recursion.

    The depth is the number of picks, and Python's stack ends at about 1,000 calls.

    Args:
        candidates: integers >= 1, in any order, equal ones allowed.
        target: integer >= 0.
        once: each candidate at most once (part 2), instead of any number of times.

    Returns:
        The combinations, each in rising order, in lexicographic order.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
        RecursionError: for more picks than fit on Python's stack.
    """
    ordered, target = sorted(_check_candidates(candidates)), _integer("target", target)
    found: list[list[int]] = []
    path: list[int] = []

    def extend(start: int, rest: int) -> None:
        if rest == 0:
            found.append(path.copy())  # path itself goes on changing
            return
        for j in range(start, len(ordered)):
            if ordered[j] > rest:
                break  # sorted: all later ones are too large as well
            if j > start and ordered[j] == ordered[j - 1]:
                continue  # its twin has been tried on this level
            path.append(ordered[j])
            extend(j + 1 if once else j, rest - ordered[j])
            path.pop()

    extend(0, target)
    return found
    # --8<-- [end:recursive]


def combination_sum(candidates: Sequence[int], target: int) -> list[list[int]]:
    """Part 1: each candidate any number of times; equal candidates count as one.

    Args:
        candidates: integers >= 1, in any order.
        target: integer >= 0.

    Returns:
        The combinations, each in rising order, in lexicographic order.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
    """
    return list(each_combination(candidates, target))


def combination_sum_once(
    candidates: Sequence[int], target: int, size: int | None = None
) -> list[list[int]]:
    """Part 2: each candidate at most once; a number that comes twice, up to twice.

    Args:
        candidates: integers >= 1, in any order.
        target: integer >= 0.
        size: if given, only combinations of so many picks, an integer >= 0.

    Returns:
        The distinct combinations, each in rising order, in lexicographic order.

    Raises:
        ValueError: for a candidate, a target or a size that is no such integer.
    """
    return list(each_combination(candidates, target, once=True, size=size))


def each_combination(
    candidates: Sequence[int],
    target: int,
    once: bool = False,
    size: int | None = None,
) -> Iterator[list[int]]:
    """The same one after the other; nothing is kept but the path.

    Arguments and errors are those of ``combination_sum_once``; ``once`` chooses the
    part. The arguments are checked now, not when the first combination is asked for.
    """
    ordered, target = sorted(_check_candidates(candidates)), _integer("target", target)
    return _walk(
        ordered, target, once, None if size is None else _integer("size", size)
    )


# --8<-- [start:walk]
def _walk(
    ordered: list[int], target: int, once: bool, size: int | None
) -> Iterator[list[int]]:
    """The same combinations in the same order, by a loop; memory limits the depth."""
    after = [*accumulate(reversed(ordered), initial=0)][::-1]  # sum from j to the end
    path: list[int] = []  # of indices
    rest, j = target, 0
    while True:  # each round is one step down or up, and the tree is finite
        if rest == 0 and size in (None, len(path)):
            yield [ordered[i] for i in path]
        fits = j < len(ordered) and ordered[j] <= rest and len(path) != size
        if fits and (after[j] >= rest or not once):  # down
            path.append(j)
            rest -= ordered[j]
            j = j + 1 if once else j
        elif path:  # up, and on to the next larger value
            last = path.pop()
            rest += ordered[last]
            j = last + 1
            while j < len(ordered) and ordered[j] == ordered[last]:
                j += 1
        else:
            return
    # --8<-- [end:walk]
