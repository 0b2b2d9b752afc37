"""What the functions want of their arguments."""

import math
import operator
from numbers import Real

import numpy as np

LARGEST = 1e12  # beyond, angles in float64 would be off by more than 1e-4


def _array(name: str, values: np.ndarray, kinds: str, wanted: str) -> np.ndarray:
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must hold {wanted}, got {values!r}") from error
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name} must hold {wanted}, got a masked array")
    if array.dtype.kind not in kinds:
        raise ValueError(f"{name} must hold {wanted}, got dtype {array.dtype}")
    return array


def _finite(name: str, array: np.ndarray, largest: float) -> np.ndarray:
    wide = array.astype(np.float64)
    wrong = ~(np.abs(wide) <= largest)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {largest:g} in size,"
            f" got {wide[wrong][0]}"
        )
    return wide


def _positions(values: np.ndarray) -> np.ndarray:
    """float64, shape (t,): any finite numbers, negative and fractional ones too."""
    array = _array("positions", values, "iuf", "numbers")
    if array.ndim != 1:
        raise ValueError(f"positions must have shape (t,), got {array.shape}")
    return _finite("positions", array, LARGEST)


def _integers(name: str, values: np.ndarray) -> np.ndarray:
    return _array(name, values, "iu", "integers")


def _floats(name: str, values: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    """A float64 copy of finite floats, and the dtype that they came in."""
    array = _array(name, values, "f", "floats")
    return _finite(name, array, 1e150), array.dtype


def _integer(name: str, value: int, least: int) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _even(name: str, value: int, least: int) -> int:
    number = _integer(name, value, least)
    if number % 2:
        raise ValueError(f"{name} must be even, got {number}")
    return number


def _number(name: str, value: float, wanted: str, least: float) -> float:
    """A finite number from ``least`` on; ``wanted`` says it in words."""
    known = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not least <= number <= LARGEST:  # NaN is not either
        raise ValueError(
            f"{name} must be a number {wanted}, at most {LARGEST:g}, got {value!r}"
        )
    return number


def _base(value: float) -> float:
    return _number("base", value, "> 1", math.nextafter(1, 2))
