"""What the functions want of their arguments, and the sums that they share."""

import math
import operator
import reprlib
from numbers import Real

import numpy as np

_LARGEST = 1e100  # squares, and products of three such numbers, stay finite in float64
_MOST_VARIANCE = 1e250  # more than numbers of that size can have


def _floats(
    name: str, values: np.ndarray, low: float = -_LARGEST, high: float = _LARGEST
) -> tuple[np.ndarray, np.dtype]:
    """A float64 copy of finite floats, and the dtype that they came in."""
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of floats, got {reprlib.repr(values)}"
        ) from error
    if isinstance(values, np.ma.MaskedArray) or given.dtype.kind != "f":
        kind = "a masked array" if given.dtype.kind == "f" else f"dtype {given.dtype}"
        raise ValueError(f"{name} must be an array of floats, got {kind}")
    array = given.astype(np.float64)
    wrong = ~((low <= array) & (array <= high))  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold numbers from {low:g} to {high:g}, got {array[wrong][0]}"
        )
    return array, given.dtype


def _images(name: str, values: np.ndarray) -> tuple[np.ndarray, np.dtype]:
    """The same, with axes for batch and channels, and something on each axis."""
    array, dtype = _floats(name, values)
    if array.ndim < 2 or array.size == 0:
        raise ValueError(
            f"{name} must have shape (N, C, ...) with no empty axis,"
            f" got shape {array.shape}"
        )
    return array, dtype


def _shaped(
    name: str,
    values: np.ndarray,
    shape: tuple[int, ...],
    low: float = -_LARGEST,
    high: float = _LARGEST,
) -> np.ndarray:
    """A float64 copy in just this shape: nothing is broadcast in silence."""
    array, _ = _floats(name, values, low, high)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    return array


def _channels(
    name: str, values: np.ndarray | None, x: np.ndarray, default: float
) -> np.ndarray:
    """One number a channel, shaped so that it meets axis 1 of x."""
    shape = (x.shape[1],)
    vector = np.full(shape, default) if values is None else _shaped(name, values, shape)
    return _along(vector, x)


def _along(vector: np.ndarray, x: np.ndarray) -> np.ndarray:
    return vector.reshape(1, -1, *(1,) * (x.ndim - 2))


def _number(name: str, value: float, least: float, most: float = _LARGEST) -> float:
    known = isinstance(value, Real) and not isinstance(value, bool)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not least <= number <= most:  # NaN is not either
        raise ValueError(
            f"{name} must be a number from {least:g} to {most:g},"
            f" got {reprlib.repr(value)}"
        )
    return number


def _eps(value: float) -> float:
    return _number("eps", value, 1e-100)


def _integer(name: str, value: int, least: int) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _others(x: np.ndarray) -> tuple[int, ...]:
    """All axes but that of the channels."""
    return (0, *range(2, x.ndim))


def _several(x: np.ndarray) -> int:
    """How many values a channel has in the batch: n, at least two."""
    n = x.size // x.shape[1]
    if n < 2:
        raise ValueError(
            "x must have two values or more in each channel, or one would become"
            f" beta whatever it is, got shape {x.shape}"
        )
    return n


def _centred(x: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """x minus its mean along the axes, and that mean; what is constant becomes 0."""
    ends = (slice(0, 1) if axis in axes else slice(None) for axis in range(x.ndim))
    first = x[tuple(ends)]
    shifted = x - first  # near 0 wherever x lies: digits go only where it is wide
    offset = shifted.mean(axis=axes, keepdims=True)
    return shifted - offset, first + offset
