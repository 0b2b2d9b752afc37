"""What arguments must be, in one place."""

import operator
from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def integer(value: Any, name: str, least: int | None = None) -> int:
    """An integer, numpy's included; True and False are none."""
    want = f"{name} must be an integer" + ("" if least is None else f" >= {least}")
    if isinstance(value, bool | np.bool_):  # NumPy 1 lets its own serve as an index
        raise ValueError(f"{want}, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{want}, got {value!r}") from None
    if least is not None and number < least:
        raise ValueError(f"{want}, got {value!r}")
    return number


def integers(
    values: Iterable[Any], name: str, least: int | None = None
) -> tuple[int, ...]:
    """A tuple of integers, such as a shape."""
    want = f"{name} must be a tuple of integers"
    if isinstance(values, bytes | Set | Mapping):  # sets have no order
        raise ValueError(f"{want}, got {values!r}")
    try:
        found = tuple(values)
    except TypeError:
        raise ValueError(f"{want}, got {values!r}") from None
    return tuple(integer(value, f"each number of {name}", least) for value in found)


def real(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """A float64 array of real numbers."""
    array = numbers(values, name)
    if array.dtype.kind == "c":
        raise ValueError(f"{name} must hold real numbers, got {array.dtype}")
    return array.astype(np.float64)


def numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """An array of numbers of any kind."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    if array.dtype.kind not in "biufc":
        raise ValueError(f"{name} must be an array of numbers, got {values!r}")
    return array
