"""What the functions of the package ask of arrays and numbers."""

import contextlib
import math
from numbers import Integral, Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


def integer(name: str, value: int, least: int) -> int:
    """An integer, at least so large."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return value


def number(name: str, value: float) -> float:
    """A real number as a float; NaN for what is none, inf for what does not fit."""
    try:
        return float(value) if isinstance(value, Real) else math.nan
    except OverflowError:  # an integer that no float holds
        return math.inf


def share(name: str, value: float) -> float:
    """A number in [0, 1]."""
    found = number(name, value)
    if not 0 <= found <= 1:
        raise ValueError(f"{name} must be in [0, 1], got {value!r}")
    return found


def positive(name: str, value: float) -> float:
    """A finite number above 0."""
    found = number(name, value)
    if not 0 < found < math.inf:
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
    return found


def real(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> ndarray:
    """A copy in float64, finite; a complex number would lose a part."""
    array = np.asarray(values)
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, got {array.shape}")
    found = None
    known = array.dtype.kind in "biuf"  # as an object, a text "1" would pass
    if known or (
        array.dtype.kind == "O" and all(isinstance(x, Real) for x in array.flat)
    ):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            found = array.astype(np.float64)
    if found is None or not np.isfinite(found).all():
        raise ValueError(f"{name} must be finite real numbers, got {values!r}")
    return found


def flags(name: str, values: ArrayLike, shape: tuple[int, ...]) -> ndarray:
    """Truth values: 0.5, or the word "no", would pass for True."""
    array = np.asarray(values)
    if array.dtype != bool or array.shape != shape:
        wanted = f"{name} must be truth values of shape {shape}"
        raise ValueError(f"{wanted}, got {array.dtype} of shape {array.shape}")
    return array


def finite(name: str, values: ndarray) -> ndarray:
    """The same values; ValueError if one overflowed."""
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must stay finite, got an overflow")
    return values
