"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
import reprlib
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

_LARGEST = 1e140  # squares of such numbers, and sums of them, stay finite
_MOST = 2**53  # whole numbers up to here are exact as floats


def _array(
    name: str, values: ArrayLike, ndim: int | None = None, largest: float = _LARGEST
) -> np.ndarray:
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
    wrong = ~(np.abs(array) <= largest)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {largest:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array


def _number(name: str, value: float) -> float:
    """A finite number >= 0 as Python's float."""
    try:
        number = (
            float(value)
            if isinstance(value, Real) and not isinstance(value, bool)
            else math.nan
        )
    except OverflowError:  # an integer or a fraction that no float holds
        number = math.inf
    if not 0 <= number < math.inf:
        got = reprlib.repr(value)
        raise ValueError(f"{name} must be a finite number >= 0, got {got}")
    return number


def _share(name: str, value: float, one: bool) -> float:
    """A number from 0 to 1; 1 itself only where ``one``."""
    try:
        number = (
            float(value)
            if isinstance(value, Real) and not isinstance(value, bool)
            else math.nan
        )
    except OverflowError:  # an integer or a fraction that no float holds
        number = math.inf
    if not 0 <= number <= 1 or (number == 1 and not one):
        want = "[0, 1]" if one else "[0, 1)"
        raise ValueError(f"{name} must be in {want}, got {reprlib.repr(value)}")
    return number


def _count(name: str, value: int, least: int) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if not least <= number <= _MOST:
        got = reprlib.repr(value)
        raise ValueError(f"{name} must be an integer from {least} to 2**53, got {got}")
    return number


def _labels(y: ArrayLike, n_classes: int, rows: int | None = None) -> np.ndarray:
    """Labels 0 to n_classes - 1, at least one, shape (n,)."""
    values = _array("y", y, 1)
    if len(values) == 0:
        raise ValueError(f"y must have at least one label, got shape {values.shape}")
    if rows is not None and len(values) != rows:
        raise ValueError(
            f"y must have one label a row of logits, {rows}, got shape {values.shape}"
        )
    wrong = (values < 0) | (values >= n_classes) | (values % 1 != 0)
    if wrong.any():
        got = values[wrong][0]
        raise ValueError(f"y must hold integers from 0 to {n_classes - 1}, got {got:g}")
    return values.astype(int)
