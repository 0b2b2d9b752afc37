"""What this package accepts as an integer: Python's and numpy's, but no bool."""

import operator
from typing import Any


def integer(name: str, value: object, low: int) -> int:
    """The value as Python's int; a ValueError if it is none, or is below ``low``."""
    try:
        # A bool is an int to Python, but True for a kernel is a slip.
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")
    return number


def integers(record: Any, **least: int) -> None:
    """Check fields of a frozen dataclass, each against its least value."""
    for name, low in least.items():
        object.__setattr__(record, name, integer(name, getattr(record, name), low))
