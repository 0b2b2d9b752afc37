"""What has no order, is no text or no cost is refused here."""

from collections.abc import Iterable, Mapping, Set
from numbers import Real
from typing import Any


def _items(name: str, x: Iterable[Any]) -> list[Any]:
    """The elements in order, read once; ValueError for what has no order."""
    try:
        found = None if isinstance(x, Mapping | Set) else iter(x)
    except TypeError:  # a number, an array without axes
        found = None
    if found is None:
        raise ValueError(f"{name} must be a sequence, got {x!r}")
    items = list(found)  # what an iterator itself raises is passed on
    for item in items:
        if getattr(item, "ndim", 0):  # arrays have no single answer to ==
            raise ValueError(f"{name} must have one axis, got an element {item!r}")
    return items


def _equal(name: str, x: Iterable[Any]) -> list[Any]:
    """The elements in order, each of which is equal to itself."""
    items = _items(name, x)
    for item in items:
        if item != item:
            raise ValueError(f"{name} must have no NaN, got {item!r}")
    return items


def _keys(name: str, x: Iterable[Any]) -> list[Any]:
    """The elements in order, each of which a dict finds again by ``==``.

    Of arrays and tensors these are Python's own: a tensor's hash is not of its value.
    """
    items = _equal(name, x)
    items = [i.item() if getattr(i, "ndim", None) == 0 else i for i in items]
    for item in items:
        try:
            hash(item)
        except TypeError as error:
            want = f"{name} must have elements for a dict, got {item!r}"
            raise TypeError(want) from error
    return items


def _text(name: str, x: str) -> str:
    if not isinstance(x, str):
        raise ValueError(f"{name} must be a string, got {x!r}")
    return x


def _cost(name: str, x: float) -> float:
    """Python's own number, since numpy's may overflow; inf forbids the operation."""
    sort = isinstance(x, Real) and not isinstance(x, bool)
    if not sort or not x >= 0:
        raise ValueError(f"{name} must be a number >= 0, got {x!r}")
    return x.item() if hasattr(x, "item") else x
