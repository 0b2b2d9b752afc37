"""An LCS itself, not only its length, in memory for a few rows.

References:
    Hirschberg, "A linear space algorithm for computing maximal common subsequences",
    Communications of the ACM 18(6), 1975, doi:10.1145/360825.360861.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ._checks import _items


# --8<-- [start:row]
def _last_row(a: Sequence[Any], b: Sequence[Any]) -> list[int]:
    """The last row of the LCS table, with one row in memory."""
    row = [0] * (len(b) + 1)
    for x in a:
        diagonal = 0  # the row above, one column to the left
        for j, y in enumerate(b, 1):
            above = row[j]
            row[j] = diagonal + 1 if x == y else max(above, row[j - 1])
            diagonal = above
    return row
    # --8<-- [end:row]


# --8<-- [start:hirschberg]
def _cut(top: Sequence[Any], bottom: Sequence[Any], b: Sequence[Any]) -> int:
    """Where a best path crosses from the rows of ``top`` to those of ``bottom``."""
    before = _last_row(top, b)  # LCS of top and the first j of b
    after = _last_row(bottom[::-1], b[::-1])[::-1]  # of bottom and the rest of b
    return max(range(len(b) + 1), key=lambda j: before[j] + after[j])


def lcs_hirschberg(a: Iterable[Any], b: Iterable[Any]) -> list[tuple[int, int]]:
    """One longest common subsequence, as pairs of places (i, j), both increasing.

    About twice the comparisons of ``lcs``, and no table. Where there are several, it
    may find another one than ``lcs``.

    Raises:
        ValueError: for what has no order, or more than one axis.
    """
    a, b = _items("a", a), _items("b", b)

    def solve(top: int, bottom: int, left: int, right: int) -> list[tuple[int, int]]:
        if top == bottom or left == right:
            return []
        if bottom - top == 1:
            places = (j for j in range(left, right) if a[top] == b[j])
            return [(top, j) for j in places][:1]
        middle = (top + bottom) // 2
        cut = left + _cut(a[top:middle], a[middle:bottom], b[left:right])
        return solve(top, middle, left, cut) + solve(middle, bottom, cut, right)

    return solve(0, len(a), 0, len(b))
    # --8<-- [end:hirschberg]
