"""Longest common subsequences: a table over two prefixes, and the walk back."""

from collections.abc import Iterable
from typing import Any

from ._checks import _items


# --8<-- [start:table]
def lcs_table(a: Iterable[Any], b: Iterable[Any]) -> list[list[int]]:
    """Row i, column j: the length of an LCS of the first i of a and the first j of b.

    Args:
        a: m elements.
        b: n elements.

    Returns:
        m + 1 rows of n + 1 lengths; row 0 and column 0 are those of empty prefixes.

    Raises:
        ValueError: for what has no order, or more than one axis.
    """
    a, b = _items("a", a), _items("b", b)
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            if x == y:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    return table
    # --8<-- [end:table]


# --8<-- [start:lcs]
def lcs(a: Iterable[Any], b: Iterable[Any]) -> list[tuple[int, int]]:
    """One longest common subsequence, as pairs of places (i, j), both increasing.

    Raises:
        ValueError: for what has no order, or more than one axis.
    """
    a, b = _items("a", a), _items("b", b)
    table = lcs_table(a, b)
    pairs: list[tuple[int, int]] = []
    i, j = len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif table[i - 1][j] >= table[i][j - 1]:  # ask the table
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
    # --8<-- [end:lcs]
