"""What the functions of the package ask of arrays and numbers."""

import contextlib
import math
from numbers import Integral, Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


def integer(name: str, value: int, least: int) -> int:
    """An integer of Python's, at least so large."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return int(value)


def number(value: float) -> float:
    """A real number as a float; NaN for what is none, inf for what does not fit."""
    try:
        known = isinstance(value, Real) and not isinstance(value, bool)
        return float(value) if known else math.nan
    except OverflowError:  # an integer that no float holds
        return math.inf


def positive(name: str, value: float) -> float:
    """A finite number above 0."""
    found = number(value)
    if not 0 < found < math.inf:
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
    return found


def inside(name: str, value: float) -> float:
    """A number between 0 and 1, neither of them."""
    found = number(value)
    if not 0 < found < 1:
        raise ValueError(f"{name} must be in (0, 1), got {value!r}")
    return found


def real(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> ndarray:
    """A copy in float64, finite, not empty; a complex number would lose a part."""
    array = np.asarray(values)
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, got {array.shape}")
    if not array.size:
        raise ValueError(f"{name} must have at least one number, got {array.shape}")
    found = None
    known = array.dtype.kind in "iuf"  # as an object, a text "1" would pass
    if known or (
        array.dtype.kind == "O"
        and all(isinstance(x, Real) and not isinstance(x, bool) for x in array.flat)
    ):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            found = array.astype(np.float64)
    if found is None or not np.isfinite(found).all():
        raise ValueError(f"{name} must be finite real numbers, got {values!r}")
    return found


def indices(name: str, values: ArrayLike, n: int, size: int | None = None) -> ndarray:
    """Integers from 0 to n - 1, shape (size,), for indexing."""
    array = np.asarray(values)
    if array.ndim != 1 or not array.size or size not in (None, len(array)):
        wanted = (
            "one axis and at least one entry" if size is None else f"shape ({size},)"
        )
        raise ValueError(f"{name} must have {wanted}, got shape {array.shape}")
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= n:
        raise ValueError(f"{name} must be integers from 0 to {n - 1}, got {array}")
    return array.astype(np.intp)  # 32 bits in the reader's browser


def finite(name: str, values: ndarray) -> ndarray:
    """The same values; ValueError if one overflowed."""
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must stay finite, got an overflow")
    return values
