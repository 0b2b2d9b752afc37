"""Grids: the cells are nodes, the neighbours are computed, and no graph is stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import product
from operator import index
from typing import Any

from ._checks import _cells, _in_order

_SIDES = ((-1, 0), (0, -1), (0, 1), (1, 0))
_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
_LAND = {0: False, "0": False, 1: True, "1": True}
_FREE = {0: True, "0": True, ".": True, 1: False, "1": False, "#": False}


# --8<-- [start:islands]
def count_islands(grid: Iterable[Iterable[Any]], diagonal: bool = False) -> int:
    """How many pieces of land there are; the grid is left as it was.

    Args:
        grid: rows of one length, as strings or sequences; land is 1 or "1", water 0 or
            "0".
        diagonal: whether cells that share only a corner are joined too.

    Raises:
        ValueError: for rows of different lengths, or another mark.
    """
    land = _cells(grid, _LAND)
    if diagonal not in (True, False):
        raise ValueError(f"diagonal must be True or False, got {diagonal!r}")
    steps = _SIDES + _CORNERS if diagonal else _SIDES
    islands = 0
    for y, x in product(range(len(land)), range(len(land[0]) if land else 0)):
        if not land[y][x]:
            continue
        islands += 1
        land[y][x] = False  # marked by sinking it, in the copy
        stack = [(y, x)]
        while stack:
            i, j = stack.pop()
            for di, dj in steps:
                a, b = i + di, j + dj
                if 0 <= a < len(land) and 0 <= b < len(land[0]) and land[a][b]:
                    land[a][b] = False
                    stack.append((a, b))
    return islands
    # --8<-- [end:islands]


# --8<-- [start:distances]
def grid_distances(
    grid: Iterable[Iterable[Any]], sources: Iterable[Sequence[int]]
) -> list[list[int | None]]:
    """Steps from the nearest source to each cell; None for walls and what none reaches.

    Args:
        grid: rows of one length, as strings or sequences; a wall is 1, "1" or "#", a
            free cell 0, "0" or ".".
        sources: free cells as pairs (row, column), counted from 0; none or many.

    Raises:
        ValueError: for rows of different lengths, another mark, or a source that is no
            pair, outside or on a wall.
    """
    free = _cells(grid, _FREE)
    distance: list[list[int | None]] = [[None] * len(row) for row in free]
    queue: deque[tuple[int, int, int]] = deque()
    if not isinstance(sources, Iterable):
        raise ValueError(f"sources must be pairs (row, column), got {sources!r}")
    for source in sources:
        y, x = _place(source)
        if not (0 <= y < len(free) and 0 <= x < len(free[0]) and free[y][x]):
            raise ValueError(f"sources must be free cells of the grid, got {(y, x)}")
        if distance[y][x] is None:
            distance[y][x] = 0
            queue.append((y, x, 0))
    while queue:  # all sources stand in it at first: as if one node led to each
        i, j, d = queue.popleft()
        for di, dj in _SIDES:
            a, b = i + di, j + dj
            if not (0 <= a < len(free) and 0 <= b < len(free[0]) and free[a][b]):
                continue
            if distance[a][b] is None:
                distance[a][b] = d + 1
                queue.append((a, b, d + 1))
    return distance
    # --8<-- [end:distances]


def _place(source: Any) -> tuple[int, int]:
    if not _in_order(source):
        raise ValueError(f"each source must be a pair (row, column), got {source!r}")
    pair = [index(part) for part in source]
    if len(pair) != 2:
        raise ValueError(f"each source must be a pair (row, column), got {source!r}")
    return pair[0], pair[1]
