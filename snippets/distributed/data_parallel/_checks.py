"""What the modules of this note ask of numbers."""

import math
import operator


def _integer(name: str, value: object, least: int | None = 1) -> int:
    """``value`` as an int; numpy's integers are integers, booleans are not."""
    try:
        count = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        count = None
    if count is None or (least is not None and count < least):
        span = "" if least is None else f" >= {least}"
        raise ValueError(f"{name} must be an integer{span}, got {value!r}")
    return count


def _finite(name: str, value: float, positive: bool = False, unit: str = "") -> float:
    """``value`` as a float that is finite and >= 0, or > 0."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (number > 0 if positive else number >= 0) or number == math.inf:
        span = f"finite and {'>' if positive else '>='} 0{unit}"
        raise ValueError(f"{name} must be {span}, got {value!r}")
    return number


def _rank(rank: object, W: int) -> int:
    found = _integer("rank", rank, least=None)
    if not 0 <= found < W:
        raise ValueError(f"rank must be in 0 .. {W - 1}, got {rank}")
    return found
