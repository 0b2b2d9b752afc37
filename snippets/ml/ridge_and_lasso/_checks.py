"""What the fits want of their arguments, checked once, and the centring they share."""

import math
import operator
import reprlib
from numbers import Real

import numpy as np

_LARGEST = 1e140  # squares of differences, and sums of them, stay finite


def _array(name: str, values: np.ndarray, ndim: int | None = None) -> np.ndarray:
    """A float64 copy of finite numbers with that many axes, or with any."""
    try:
        given = np.array(values)
        if isinstance(values, np.ma.MaskedArray) or given.dtype.kind not in "biufO":
            raise TypeError("masked, complex, text or dates")  # float would lose them
        if given.dtype.kind == "O" and any(isinstance(v, str) for v in given.flat):
            raise TypeError("text among objects, which float would read")
        array = given.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"{name} must be an array of numbers, got {reprlib.repr(values)}"
        ) from error
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, got shape {array.shape}")
    wrong = ~(np.abs(array) <= _LARGEST)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {_LARGEST:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array


def _design(X: np.ndarray) -> np.ndarray:
    X = _array("X", X, 2)
    if len(X) == 0:
        raise ValueError(f"X must have at least one row, got shape {X.shape}")
    return X


def _rows(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    X, y = _design(X), _array("y", y, 1)
    if len(y) != len(X):
        raise ValueError(
            f"y must have one number a row of X, {len(X)}, got shape {y.shape}"
        )
    return X, y


def _number(name: str, value: float, zero: bool = True) -> float:
    bound = ">= 0" if zero else "> 0"
    try:
        real = isinstance(value, Real) and not isinstance(value, bool)
        number = float(value) if real else math.nan
    except OverflowError:  # an integer or a fraction that no float holds
        number = math.inf
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        got = reprlib.repr(value)
        raise ValueError(f"{name} must be a finite number {bound}, got {got}")
    return number


def _count(name: str, value: int) -> int:
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")
    return number


def _centre(x: np.ndarray, intercept: bool) -> tuple[np.ndarray, np.ndarray]:
    """Columns minus their means, and the means: zeros without an intercept.

    The first row is subtracted before the mean is taken: near a large offset that
    keeps the digits, and a constant column becomes exactly 0.
    """
    if not intercept:
        return x, np.zeros(x.shape[1:])
    shifted = x - x[0]
    mean = shifted.mean(axis=0)
    return shifted - mean, x[0] + mean
