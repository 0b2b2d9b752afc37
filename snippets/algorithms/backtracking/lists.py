"""Two shapes of the tree, permutations and subsets, and one without dead ends.

Equal items are exchangeable: each permutation or subset is listed once.

References:
    LeetCode 46 and 47 (permutations), 78 and 90 (subsets), 22 (parentheses).
"""

from collections.abc import Iterable
from itertools import islice, pairwise
from operator import index
from typing import Any

DEEPEST = 500  # calls inside one another; Python's stack ends at about 1,000


def _integer(name: str, number: int, most: int) -> int:
    """Python's own integer; ValueError unless it is in 0..most. True is none."""
    try:
        found = index(number)
    except TypeError:
        found = -1
    if isinstance(number, bool) or not 0 <= found <= most:
        raise ValueError(f"{name} must be an integer in 0..{most}, got {number!r}")
    return found


def _in_order(items: Iterable[Any]) -> list[Any]:
    """The items sorted; ValueError unless they are few enough and have an order."""
    given = list(islice(items, DEEPEST + 1))  # items may have no end
    if len(given) > DEEPEST:
        raise ValueError(f"want at most {DEEPEST} items, got more")
    try:
        ordered = sorted(given)
        if all(a < b or a == b for a, b in pairwise(ordered)):
            return ordered
    except (TypeError, ValueError, ArithmeticError):  # the last: a decimal NaN
        pass
    raise ValueError(f"items must have an order (a < b, a == b or a > b), got {given}")


# --8<-- [start:permutations]
def permutations(items: Iterable[Any]) -> list[tuple[Any, ...]]:
    """All orders of the items, each once, in lexicographic order.

    Args:
        items: at most 500, in any order, comparable with each other; equal ones are
            exchangeable.

    Raises:
        ValueError: for more items, and for items without an order, such as NaN.
    """
    ordered = _in_order(items)
    found: list[tuple[Any, ...]] = []
    path: list[Any] = []
    used = [False] * len(ordered)

    def extend() -> None:
        if len(path) == len(ordered):
            found.append(tuple(path))  # a copy: path itself goes on changing
            return
        for i, item in enumerate(ordered):
            twin_waits = i > 0 and item == ordered[i - 1] and not used[i - 1]
            if used[i] or twin_waits:  # equal items are taken from left to right
                continue
            used[i] = True  # choose
            path.append(item)
            extend()  # go on
            path.pop()  # undo
            used[i] = False

    extend()
    return found
    # --8<-- [end:permutations]


# --8<-- [start:subsets]
def subsets(items: Iterable[Any]) -> list[tuple[Any, ...]]:
    """All sub-multisets of the items, each once and sorted, in lexicographic order.

    Args:
        items: at most 500, in any order, comparable with each other.

    Raises:
        ValueError: for more items, and for items without an order, such as NaN.
    """
    ordered = _in_order(items)
    found: list[tuple[Any, ...]] = []
    path: list[Any] = []

    def extend(start: int) -> None:
        found.append(tuple(path))  # each node is a subset, not only the leaves
        for j in range(start, len(ordered)):
            if j > start and ordered[j] == ordered[j - 1]:
                continue  # its twin has been tried on this level
            path.append(ordered[j])
            extend(j + 1)
            path.pop()

    extend(0)
    return found
    # --8<-- [end:subsets]


# --8<-- [start:parentheses]
def generate_parentheses(n: int) -> list[str]:
    """All balanced strings of n pairs of parentheses, in lexicographic order.

    Args:
        n: integer in 0..250; there are Catalan(n) strings, 35,357,670 for n = 16.

    Raises:
        ValueError: if ``n`` is no such integer.
    """
    n = _integer("n", n, DEEPEST // 2)
    found: list[str] = []

    def extend(text: str, opened: int, closed: int) -> None:
        if closed == n:
            found.append(text)
            return
        if opened < n:
            extend(text + "(", opened + 1, closed)  # a new string: nothing to undo
        if closed < opened:
            extend(text + ")", opened, closed + 1)

    extend("", 0, 0)
    return found
    # --8<-- [end:parentheses]
