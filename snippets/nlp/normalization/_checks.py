"""What the functions want of their arguments, and the division that they share."""

import math
import operator
from numbers import Real

import numpy as np

_LARGEST = 1e150  # squares stay finite in float64, and so do sums of them


def _floats(name: str, values: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    """A float64 copy of finite floats, and the dtype that they came in."""
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of floats, got {values!r}"
        ) from error
    if isinstance(values, np.ma.MaskedArray) or given.dtype.kind != "f":
        kind = "a masked array" if given.dtype.kind == "f" else f"dtype {given.dtype}"
        raise ValueError(f"{name} must be an array of floats, got {kind}")
    array = given.astype(np.float64)
    wrong = ~(np.abs(array) <= _LARGEST)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {_LARGEST:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array, given.dtype


def _features(name: str, values: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    """The same, with a last axis that holds at least one feature."""
    array, dtype = _floats(name, values)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f"{name} must have a last axis with at least one feature,"
            f" got shape {array.shape}"
        )
    return array, dtype


def _shaped(name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A float64 copy in just this shape: nothing is broadcast in silence."""
    array, _ = _floats(name, values)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    return array


def _vector(name: str, values: np.ndarray | None, d: int, default: float) -> np.ndarray:
    if values is None:
        return np.full(d, default)
    return _shaped(name, values, (d,))


def _number(name: str, value: float, least: float) -> float:
    known = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not least <= number <= _LARGEST:  # NaN is not either
        wanted = f"at least {least:g}" if least == 0 else "finite"
        raise ValueError(
            f"{name} must be a number, {wanted} and at most {_LARGEST:g} in size,"
            f" got {value!r}"
        )
    return number


def _integer(name: str, value: int, least: int) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _size(rows: np.ndarray, eps: float) -> np.ndarray:
    """Root of the mean square of each row plus eps, with the last axis kept as 1."""
    size = np.sqrt(np.mean(rows**2, axis=-1, keepdims=True) + eps)
    if not size.all():
        raise ValueError(
            "eps must be > 0 where a row has no size to be divided by, got 0"
            " and a row whose squares have mean 0"
        )
    return size


def _centred(x: np.ndarray) -> np.ndarray:
    """Rows minus their means; a constant row becomes exactly 0, wherever it lies."""
    shifted = x - x[..., :1]
    return shifted - shifted.mean(axis=-1, keepdims=True)
