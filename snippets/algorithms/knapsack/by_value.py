"""The 0-1 knapsack by value: for a capacity too large for a row of its own length.

The roles are exchanged: a cell is a total value, and holds the least volume that
reaches it. Rounded values make the row short, at a loss that is known beforehand.

References:
    Kellerer, Pferschy, Pisinger, "Knapsack Problems", Springer 2004,
    doi:10.1007/978-3-540-24777-7.
"""

from collections.abc import Sequence

from .rows import _items, _size


def _positive(name: str, number: int) -> int:
    if number == 0 or isinstance(number, bool):
        raise ValueError(f"{name} must be an integer >= 1, got {number!r}")
    return _size(name, number)


# --8<-- [start:by_value]
def knapsack_by_value(
    volumes: Sequence[int], values: Sequence[int], capacity: int, unit: int = 1
) -> int:
    """Best value of the 0-1 knapsack, with a row over values instead of volumes.

    Args:
        volumes: n integers >= 0, of any size.
        values: n integers.
        capacity: greatest total volume, an integer >= 0 of any size.
        unit: values are rounded down to multiples of it, an integer >= 1; above 1,
            the result is short of the best by less than ``unit`` an item.

    Returns:
        The value of a selection that fits, in full; the best one if ``unit`` is 1.

    Raises:
        ValueError: as ``knapsack_2d``, and for a unit that is no integer >= 1.
    """
    volumes, values, capacity = _items(volumes, values, capacity)
    unit = _positive("unit", unit)
    items = [(v, w) for v, w in zip(volumes, values) if w > 0]
    length = sum(w // unit for _, w in items)
    row = [(0, 0)] + [(capacity + 1, 0)] * length  # least volume, and minus its value
    for volume, value in items:
        units = value // unit
        for k in range(length, units - 1, -1):  # down, as before: each item once
            below, minus = row[k - units]
            row[k] = min(row[k], (below + volume, minus - value))
    return max(-minus for volume, minus in row if volume <= capacity)
    # --8<-- [end:by_value]


# --8<-- [start:approximate]
def knapsack_approximate(
    volumes: Sequence[int], values: Sequence[int], capacity: int, parts: int
) -> int:
    """At least 1 - 1 / ``parts`` of the best value, in O(parts n^3) whatever the sizes.

    Arguments and errors are those of ``knapsack_2d``; ``parts`` is an integer >= 1.
    """
    volumes, values, capacity = _items(volumes, values, capacity)
    parts = _positive("parts", parts)
    fit = [(v, w) for v, w in zip(volumes, values) if v <= capacity and w > 0]
    if not fit:
        return 0
    # The best value is at least max(...), and n units are at most a part of that.
    unit = max(1, max(w for _, w in fit) // (parts * len(fit)))
    return knapsack_by_value(*zip(*fit), capacity, unit)
    # --8<-- [end:approximate]
