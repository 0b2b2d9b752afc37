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
