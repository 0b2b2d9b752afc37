"""Prefix sums in two dimensions: any rectangle from four numbers."""

from collections.abc import Iterable

from ._checks import half_open, integers, items


# --8<-- [start:rectangles]
class PrefixSum2D:
    """Sums of all rectangles of a matrix, each from four numbers; LeetCode 304."""

    def __init__(self, rows: Iterable[Iterable[int]]) -> None:
        """Add up once what lies above and to the left of each corner.

        Args:
            rows: of the same length each; what is given is copied.

        Raises:
            ValueError: for rows of several lengths, and for what is no integer.
        """
        table = _table(rows)
        self.height = len(table)
        self.width = len(table[0]) if table else 0
        self._p = [[0] * (self.width + 1)]
        for row in table:
            above, here, total = self._p[-1], [0], 0
            for j, x in enumerate(row, start=1):
                total += x  # of this row
                here.append(above[j] + total)
            self._p.append(here)

    def sum(self, top: int, left: int, bottom: int, right: int) -> int:
        """The sum of rows top to bottom - 1, columns left to right - 1.

        Raises:
            ValueError: unless 0 <= top <= bottom <= height and
                0 <= left <= right <= width, all integers.
        """
        top, bottom = half_open(top, bottom, self.height, "top <= bottom")
        left, right = half_open(left, right, self.width, "left <= right")
        p = self._p
        return p[bottom][right] - p[top][right] - p[bottom][left] + p[top][left]
        # --8<-- [end:rectangles]


def _table(rows: Iterable[Iterable[int]]) -> list[list[int]]:
    table = [integers(row) for row in items(rows, "rows")]
    for row in table:
        if len(row) != len(table[0]):
            lengths = f"{len(table[0])} and {len(row)}"
            raise ValueError(f"want rows of one length, got {lengths}")
    return table
