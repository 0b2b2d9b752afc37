"""What the functions of the package ask of a number and an array."""

import math
from numbers import Integral, Real

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike


def integer(name: str, value: int, least: int, most: int | None = None) -> int:
    """An integer of Python's within its bounds."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        wanted = f">= {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be an integer {wanted}, got {value!r}")
    return int(value)


def real(name: str, value: float, wanted: str = "a finite number") -> float:
    """A finite number of Python's or numpy's."""
    try:
        x = float(value) if isinstance(value, Real) else math.nan
    except OverflowError:
        x = math.nan
    if not math.isfinite(x):
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return x


def share(name: str, value: float) -> float:
    """A number in [0, 1]."""
    x = real(name, value, "in [0, 1]")
    if not 0 <= x <= 1:
        raise ValueError(f"{name} must be in [0, 1], got {value!r}")
    return x


def positive(name: str, value: float) -> float:
    """A finite number > 0."""
    x = real(name, value, "a finite number > 0")
    if x <= 0:
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
    return x


def truth(name: str, value: bool) -> bool:
    """True or False, of Python's or numpy's."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def generator(rng: Generator) -> Generator:
    """numpy's generator."""
    if not isinstance(rng, Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    return rng


def numbers(name: str, values: ArrayLike, finite: bool = True) -> ndarray:
    """A copy in float64; no text is read, and no imaginary part lost."""
    try:
        array = np.asarray(values)
        if array.dtype == object and any(
            isinstance(x, str | bytes) for x in array.flat
        ):
            raise TypeError
        if array.dtype.kind in "buifO":
            array = np.array(array, dtype=np.float64)
    except (OverflowError, RuntimeError, TypeError, ValueError):
        raise ValueError(f"{name} must be real numbers, got {values!r}") from None
    if array.dtype != np.float64:
        raise ValueError(f"{name} must be real numbers, got {array.dtype}")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return array


def bounded(name: str, array: ndarray) -> ndarray:
    """The same array; ValueError if a number in it overflowed."""
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must stay finite, got an overflow")
    return array
