"""What this note refuses, in one wording."""

import math
import operator
from typing import SupportsIndex


def _integer(
    name: str, value: SupportsIndex, least: int, most: float = math.inf
) -> int:
    """The same as Python's own integer; numpy's are integers, booleans are not.

    Raises:
        ValueError: says what is wanted and what came.
    """
    want = f"an integer >= {least}" + f" and <= {most}" * (most < math.inf)
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be {want}, got {value!r}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} must be {want}, got {number}")
    return number


def _positive(name: str, value: float) -> float:
    """The same as a float, if it is finite and > 0.

    Raises:
        ValueError: says what is wanted and what came.
    """
    try:
        if isinstance(value, bool | str):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    return number
