"""Complete, multiple and grouped knapsacks: one row, and three orders of its loops.

Volumes, counts and the capacity are integers >= 0; values are integers of any sign.
A row holds at ``row[j]`` the best value for volume j. Cell j may read cell j - volume,
and whether that cell already knows the current item decides which knapsack it is.

References:
    Cui Tianyi, "Nine Lectures on Knapsack Problems" (in Chinese), lectures 2, 3 and 6,
    https://github.com/tianyicui/pack.
    Kellerer, Pferschy, Pisinger, "Knapsack Problems", Springer 2004,
    doi:10.1007/978-3-540-24777-7.
"""

from collections import deque
from collections.abc import Sequence
from math import inf

from .rows import _first_row, _integer, _items, _size


# --8<-- [start:complete]
def knapsack_complete(
    volumes: Sequence[int], values: Sequence[int], capacity: int, exact: bool = False
) -> int | None:
    """Best value when each item may be taken any number of times.

    Args:
        volumes: of one copy, n integers >= 0.
        values: of one copy, n integers.
        capacity: greatest total volume.
        exact: fill the capacity exactly instead of at most.

    Returns:
        The best value; None if ``exact`` and no choice has that total volume.

    Raises:
        ValueError: for lengths that differ, a number that is no integer, a negative
            volume or capacity, or an item that is free and worth something: there is
            then no best value.
    """
    volumes, values, capacity = _items(volumes, values, capacity)
    for volume, value in zip(volumes, values):
        if volume == 0 and value > 0:
            raise ValueError(
                "an item with a positive value must have a volume >= 1, "
                f"got volume 0 with value {value}"
            )
    row = _first_row(capacity, exact)
    for volume, value in zip(volumes, values):
        for j in range(volume, capacity + 1):  # up: row[j - volume] may hold the item
            if row[j - volume] != -inf:
                row[j] = max(row[j], row[j - volume] + value)
    return None if row[-1] == -inf else row[-1]
    # --8<-- [end:complete]


# --8<-- [start:multiple]
def binary_split(count: int) -> list[int]:
    """Parts 1, 2, 4, ..., remainder whose subsets sum to each of 0..count, no more."""
    count = _size("count", count)
    parts, power = [], 1
    while power <= count:
        parts.append(power)
        count -= power  # what is left, so the parts never add up to more
        power *= 2
    return parts + [count] * (count > 0)


def knapsack_multiple(
    volumes: Sequence[int], values: Sequence[int], counts: Sequence[int], capacity: int
) -> int:
    """Best value with at most ``counts[i]`` copies of item i, by binary splitting.

    Each part of a count becomes one item of a 0-1 knapsack.

    Raises:
        ValueError: as ``knapsack_complete``, except that free items may be worth
            something, and for a count that is missing or no integer >= 0.
    """
    kinds, capacity = _kinds(volumes, values, counts, capacity)
    row = _first_row(capacity)
    for volume, value, count in kinds:
        for part in binary_split(count):
            for j in range(capacity, part * volume - 1, -1):
                row[j] = max(row[j], row[j - part * volume] + part * value)
    return row[-1]
    # --8<-- [end:multiple]


# --8<-- [start:queue]
def knapsack_multiple_queue(
    volumes: Sequence[int], values: Sequence[int], counts: Sequence[int], capacity: int
) -> int:
    """The same as ``knapsack_multiple``, with a monotone queue: no factor log count.

    The cells start, start + volume, start + 2 volume, ... form a chain. With k values
    paid back, its k-th cell competes with the ``count`` before it: a sliding maximum.
    """
    kinds, capacity = _kinds(volumes, values, counts, capacity)
    row = _first_row(capacity)
    for volume, value, count in kinds:
        if volume == 0:  # free: all copies or none, and no chain to walk
            row = [old + max(0, count * value) for old in row]
            continue
        for start in range(min(volume, capacity + 1)):
            window: deque[tuple[int, int]] = deque()  # falling, so the front is best
            for k, j in enumerate(range(start, capacity + 1, volume)):
                paid_back = row[j] - k * value
                while window and window[-1][1] <= paid_back:
                    window.pop()
                window.append((k, paid_back))
                if window[0][0] < k - count:
                    window.popleft()
                row[j] = window[0][1] + k * value
    return row[-1]
    # --8<-- [end:queue]


def _kinds(
    volumes: Sequence[int], values: Sequence[int], counts: Sequence[int], capacity: int
) -> tuple[list[tuple[int, int, int]], int]:
    """Volume, value and count of each item, checked, and the capacity."""
    volumes, values, capacity = _items(volumes, values, capacity)
    counts = [_size("count", s) for s in counts]
    if len(counts) != len(volumes):
        raise ValueError(
            "counts and volumes must have the same length, "
            f"got {len(counts)} and {len(volumes)}"
        )
    return list(zip(volumes, values, counts)), capacity


# --8<-- [start:grouped]
def knapsack_grouped(groups: Sequence[Sequence[tuple[int, int]]], capacity: int) -> int:
    """Best value with at most one item of each group.

    Args:
        groups: each a sequence of pairs (volume, value); a group may be empty.
        capacity: greatest total volume.

    Raises:
        ValueError: for a negative volume or capacity, a number that is no integer, or
            an item that is no pair.
    """
    pairs, capacity = _pairs(groups, capacity)
    row = _first_row(capacity)
    for group in pairs:
        for j in range(capacity, -1, -1):
            # All reads come before the one write, so none sees another of this group.
            offers = [row[j - volume] + value for volume, value in group if volume <= j]
            row[j] = max([row[j], *offers])
    return row[-1]
    # --8<-- [end:grouped]


def _pairs(
    groups: Sequence[Sequence[tuple[int, int]]], capacity: int
) -> tuple[list[list[tuple[int, int]]], int]:
    """The groups as lists of pairs, checked, and the capacity."""
    found = []
    for group in groups:
        pairs = []
        for item in group:
            try:
                volume, value = item
            except (TypeError, ValueError):
                raise ValueError(
                    f"items must be pairs (volume, value), got {item!r}"
                ) from None
            pairs.append((_size("volume", volume), _integer("value", value)))
        found.append(pairs)
    return found, _size("capacity", capacity)
