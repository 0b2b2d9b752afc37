"""What the functions want of their arguments, and the decomposition they share."""

import math
import operator
from numbers import Real

import numpy as np

_LARGEST = 1e140  # squares of differences, and sums of them, stay finite


def _array(name: str, values: np.ndarray, ndim: int) -> np.ndarray:
    """A float64 copy of finite numbers with that many axes."""
    try:
        given = np.asarray(values)
        if isinstance(values, np.ma.MaskedArray) or given.dtype.kind not in "biufO":
            raise TypeError("masked, complex, text or dates")  # float would lose them
        array = np.array(values, dtype=float)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from error
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, got shape {array.shape}")
    wrong = ~(np.abs(array) <= _LARGEST)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {_LARGEST:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array


def _points(name: str, X: np.ndarray, rows: int) -> np.ndarray:
    X = _array(name, X, 2)
    if len(X) < rows or X.shape[1] == 0:
        raise ValueError(
            f"{name} must have at least {rows} rows and a column, got shape {X.shape}"
        )
    return X


def _axes(mean: np.ndarray, components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, components = _array("mean", mean, 1), _array("components", components, 2)
    if len(components) == 0 or components.shape[1] != len(mean):
        raise ValueError(
            f"components must have shape (k, {len(mean)}) with k >= 1, as mean has"
            f" {len(mean)} numbers, got {components.shape}"
        )
    return mean, components


def _count(name: str, value: int, most: int) -> int:
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if not 1 <= number <= most:
        raise ValueError(f"{name} must be an integer from 1 to {most}, got {value!r}")
    return number


def _number(name: str, value: float, zero: bool) -> float:
    bound = f"{'>= 0' if zero else '> 0'} and at most {_LARGEST:g}"
    known = isinstance(value, Real) and not isinstance(value, bool)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not 0 <= number <= _LARGEST or (number == 0 and not zero):  # NaN is not either
        raise ValueError(f"{name} must be a number {bound}, got {value!r}")
    return number


def _centre(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns minus their means, and the means.

    The first row is subtracted before the mean is taken: near a large offset that
    keeps the digits, and a constant column becomes exactly 0.
    """
    shifted = X - X[0]
    mean = shifted.mean(axis=0)
    return shifted - mean, X[0] + mean


def _signs(vectors: np.ndarray) -> np.ndarray:
    """A sign for each row that makes its largest entry, by size, positive.

    Of entries that tie, up to rounding, the first decides: so the last bits do not.
    """
    size = np.abs(vectors)
    first = (size >= (1 - 1e-9) * size.max(axis=1, keepdims=True)).argmax(axis=1)
    return np.where(vectors[np.arange(len(vectors)), first] < 0, -1.0, 1.0)


def _dust(s: np.ndarray, shape: tuple[int, ...]) -> float:
    """Singular values up to this are rounding, as in ``np.linalg.matrix_rank``."""
    return float(max(shape) * np.finfo(float).eps * s.max(initial=0.0))
