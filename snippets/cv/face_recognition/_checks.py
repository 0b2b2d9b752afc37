"""What this package asks of its arguments, and float32 for what comes in 16 bits."""

import operator
from typing import Any

import numpy as np
from torch import Tensor


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as an int; numpy's integers are integers, truth values are not."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _array(name: str, values: Any, ndim: int) -> np.ndarray:
    """A float64 array of so many axes, finite; an iterator is no array."""
    if not hasattr(values, "__len__"):
        raise ValueError(f"{name} must be a sequence, got {type(values).__name__}")
    array = np.asarray(values, dtype=float)
    if array.ndim != ndim or not np.isfinite(array).all():
        want = f"{name} must be finite, with {ndim} axes"
        raise ValueError(f"{want}, got shape {array.shape}, {_first_bad(array)}")
    return array


def _first_bad(array: np.ndarray) -> str:
    bad = array[~np.isfinite(array)]
    return f"with {bad[0]}" if bad.size else "all finite"


def _holds(condition: Tensor) -> bool:
    """Whether all of it is true; a tensor without data has nothing against it."""
    return condition.is_meta or bool(condition.all())


def _widened(x: Tensor) -> Tensor:
    return x.float() if x.dtype.itemsize == 2 else x
