"""The largest rectangle in a histogram, and in a matrix of zeros and ones.

A rectangle that cannot be made larger is as high as its lowest bar. So for each bar j
one needs its height times the distance between the nearest lower bars on both sides.

References:
    LeetCode 84, "Largest Rectangle in Histogram"; 85, "Maximal Rectangle".
"""

from collections.abc import Iterable, Sequence
from operator import index

from ._checks import _numbers


# --8<-- [start:histogram]
def largest_rectangle(heights: Sequence[float]) -> float:
    """Area of the largest rectangle that fits under bars of width 1, in O(n).

    Args:
        heights: numbers >= 0, not NaN. No bars have the area 0.

    Raises:
        ValueError: for a height that is negative, NaN, or no number.
    """
    bars = _numbers("height", heights)
    if any(height < 0 for height in bars):
        raise ValueError(f"height must be >= 0, got {min(bars)!r}")
    best: float = 0
    stack: list[int] = []  # bars whose right end is unknown; their heights never fall
    for i in range(len(bars) + 1):  # one more: a bar of height 0 ends all others
        height = bars[i] if i < len(bars) else 0
        while stack and height < bars[stack[-1]]:
            j = stack.pop()
            left = stack[-1] if stack else -1  # not j - 1: higher bars have been popped
            best = max(best, bars[j] * (i - left - 1))
        stack.append(i)
    return best
    # --8<-- [end:histogram]


# --8<-- [start:matrix]
def maximal_rectangle(rows: Iterable[Iterable[int | str]]) -> int:
    """Area of the largest rectangle of ones, in time proportional to the cells.

    Args:
        rows: rows of the same length, as sequences of 0 and 1 or of "0" and "1"; a row
            may be a string. Without rows, or without cells, the area is 0.

    Raises:
        ValueError: for rows of different lengths, or another cell.
    """
    best, heights = 0, None
    for row in rows:
        cells = [_cell(cell) for cell in row]
        if heights is None:
            heights = [0] * len(cells)
        if len(cells) != len(heights):
            want = f"rows must have the same length, here {len(heights)}"
            raise ValueError(f"{want}, got {len(cells)}")
        # How many ones end here, from above; a zero ends them all.
        heights = [h + 1 if cell else 0 for h, cell in zip(heights, cells)]
        best = max(best, int(largest_rectangle(heights)))
    return best
    # --8<-- [end:matrix]


def _cell(cell: int | str) -> int:
    found = {"0": 0, "1": 1}.get(cell) if isinstance(cell, str) else None
    if found is None and not isinstance(cell, bool | str):
        try:
            found = index(cell)
        except TypeError:
            found = None
    if found not in (0, 1):
        raise ValueError(f"a cell must be 0 or 1, got {cell!r}")
    return found
