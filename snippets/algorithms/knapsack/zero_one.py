"""The 0-1 knapsack by table and by row, the items it takes, and the subsets it counts.

Items are numbered from 0, table rows from 0 items to n. "At most j" is the reading of
every cell unless ``exact`` asks for "exactly j".

References:
    Cui Tianyi, "Nine Lectures on Knapsack Problems" (in Chinese), lecture 1,
    https://github.com/tianyicui/pack.
    Kellerer, Pferschy, Pisinger, "Knapsack Problems", Springer 2004,
    doi:10.1007/978-3-540-24777-7.
"""

from collections.abc import Sequence
from math import inf

from .rows import _first_row, _items, _size


# --8<-- [start:table]
def knapsack_2d(
    volumes: Sequence[int], values: Sequence[int], capacity: int
) -> list[list[int]]:
    """All best values: ``table[i][j]`` for the first i items and volume at most j.

    Args:
        volumes: n integers >= 0.
        values: n integers.
        capacity: greatest total volume, an integer >= 0.

    Returns:
        n + 1 rows of capacity + 1 cells; the last cell of the last row is the answer.

    Raises:
        ValueError: for lengths that differ, a number that is no integer, or a negative
            volume or capacity.
    """
    volumes, values, capacity = _items(volumes, values, capacity)
    table = [_first_row(capacity)]
    for volume, value in zip(volumes, values):
        above = table[-1]
        table.append(
            [
                above[j] if j < volume else max(above[j], above[j - volume] + value)
                for j in range(capacity + 1)
            ]
        )
    return table
    # --8<-- [end:table]


# --8<-- [start:row]
def knapsack_01(
    volumes: Sequence[int], values: Sequence[int], capacity: int, exact: bool = False
) -> int | None:
    """Best value of the 0-1 knapsack, with one row instead of the table.

    Arguments and errors are those of ``knapsack_2d``. With ``exact`` the total volume
    must equal the capacity; the result is None if no choice does.
    """
    volumes, values, capacity = _items(volumes, values, capacity)
    row = _first_row(capacity, exact)
    for volume, value in zip(volumes, values):
        for j in range(capacity, volume - 1, -1):  # down: row[j - volume] is still old
            if row[j - volume] != -inf:
                row[j] = max(row[j], row[j - volume] + value)
    return None if row[-1] == -inf else row[-1]
    # --8<-- [end:row]


# --8<-- [start:items]
def knapsack_items(
    volumes: Sequence[int], values: Sequence[int], capacity: int
) -> tuple[int, list[int]]:
    """Best value, and the indices (from 0, ascending) of items that reach it.

    Arguments and errors are those of ``knapsack_2d``. Among equally good choices, a
    later item is left out unless it is needed.
    """
    volumes, values, capacity = _items(volumes, values, capacity)
    table = knapsack_2d(volumes, values, capacity)
    taken, j = [], capacity
    for i in range(len(volumes), 0, -1):
        if table[i][j] != table[i - 1][j]:  # item i - 1 made the difference
            taken.append(i - 1)
            j -= volumes[i - 1]
    return table[-1][-1], taken[::-1]
    # --8<-- [end:items]


# --8<-- [start:count]
def count_subsets(values: Sequence[int], target: int) -> int:
    """Number of subsets of the positions of ``values`` that sum to ``target``.

    The row of ``knapsack_01`` with a sum in place of the maximum. Equal numbers at two
    positions count as two; a zero doubles every count.

    Raises:
        ValueError: if a value or the target is not an integer >= 0.
    """
    values, target = [_size("value", w) for w in values], _size("target", target)
    ways = [1] + [0] * target  # the empty subset
    for value in values:
        for j in range(target, value - 1, -1):
            ways[j] += ways[j - value]
    return ways[target]
    # --8<-- [end:count]
