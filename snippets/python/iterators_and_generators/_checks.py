"""Whole numbers from callers."""

from operator import index


def at_least(name: str, number: int, least: int) -> int:
    """The number as Python's own, or a ValueError that says what is wanted."""
    try:
        found = index(number)
    except TypeError:
        found = least - 1
    if isinstance(number, bool) or found < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {number!r}")
    return found
