"""What all knapsacks begin with: items that are checked, and a row without items.

Volumes and the capacity are integers >= 0; values are integers of any sign.
"""

from collections.abc import Iterable
from math import inf
from operator import index


def _integer(name: str, number: int) -> int:
    """Python's integer; ValueError unless it is one of any sign. True is none."""
    try:
        found = number if isinstance(number, int) else index(number)
    except TypeError:
        found = None
    if found is None or isinstance(number, bool):  # NaN would spoil every max
        raise ValueError(f"{name} must be an integer, got {number!r}")
    return found


def _size(name: str, size: int) -> int:
    """Python's integer; ValueError unless it is one >= 0."""
    wanted = f"{name} must be an integer >= 0, got {size!r}"
    try:
        found = _integer(name, size)
    except ValueError:
        raise ValueError(wanted) from None
    if found < 0:
        raise ValueError(wanted)
    return found


def _items(
    volumes: Iterable[int], values: Iterable[int], capacity: int
) -> tuple[list[int], list[int], int]:
    """All as Python's integers; ValueError for a negative volume or capacity."""
    volumes = [_size("volume", v) for v in volumes]
    values = [_integer("value", w) for w in values]
    if len(volumes) != len(values):
        raise ValueError(
            "volumes and values must have the same length, "
            f"got {len(volumes)} and {len(values)}"
        )
    return volumes, values, _size("capacity", capacity)


# --8<-- [start:first]
def _first_row(capacity: int, exact: bool = False) -> list:
    """The row before any item: what an empty knapsack is worth at each j <= capacity.

    Read as "at most j", it is worth 0 everywhere. Read as "exactly j", it fills j = 0
    only; the other cells are -inf until items reach them.
    """
    return [0] + [-inf if exact else 0] * capacity
    # --8<-- [end:first]
