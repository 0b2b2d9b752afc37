"""What all knapsacks begin with: items that are checked, and a row without items.

Volumes and the capacity are integers >= 0; values are integers of any sign.
"""

from collections.abc import Sequence
from math import inf


def _check_sizes(name: str, sizes: Sequence[int]) -> None:
    """Raise ValueError unless each of ``sizes`` is an integer >= 0."""
    for size in sizes:
        if not isinstance(size, int) or size < 0:
            raise ValueError(f"{name} must be an integer >= 0, got {size!r}")


def _check_items(volumes: Sequence[int], values: Sequence[int]) -> None:
    """Raise ValueError unless each item has a volume >= 0 and an integer value."""
    if len(volumes) != len(values):
        raise ValueError(
            "volumes and values must have the same length, "
            f"got {len(volumes)} and {len(values)}"
        )
    _check_sizes("volume", volumes)
    for value in values:
        if not isinstance(value, int):  # NaN would win or lose every max in silence
            raise ValueError(f"value must be an integer, got {value!r}")


# --8<-- [start:first]
def _first_row(capacity: int, exact: bool = False) -> list:
    """The row before any item: what an empty knapsack is worth at each j <= capacity.

    Read as "at most j", it is worth 0 everywhere. Read as "exactly j", it fills j = 0
    only; the other cells are -inf until items reach them.
    """
    _check_sizes("capacity", [capacity])
    return [0] + [-inf if exact else 0] * capacity
    # --8<-- [end:first]
