"""What the modules of this note ask of numbers."""

import math
import operator


def _count(name: str, value: object, least: int) -> int:
    """``value`` as an int; refuses booleans, and floats even where they are whole."""
    try:
        count = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        count = least - 1
    if count < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return count


def _stage(stage: object) -> int:
    try:
        number = -1 if isinstance(stage, bool) else operator.index(stage)
    except TypeError:
        number = -1
    if number not in (0, 1, 2, 3):
        raise ValueError(f"stage must be 0, 1, 2 or 3, got {stage!r}")
    return number


def _number(name: str, value: float, least: float, below: float = math.inf) -> float:
    """``value`` as a float in [least, below)."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not least <= number < below:
        span = f">= {least}" if below == math.inf else f"in [{least}, {below})"
        raise ValueError(f"{name} must be finite and {span}, got {value!r}")
    return number
