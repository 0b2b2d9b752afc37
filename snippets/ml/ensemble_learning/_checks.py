"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from numbers import Real

import numpy as np


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as Python's int; numpy's integers are integers, True is not."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _number(name: str, value: float, low: float, high: float = math.inf) -> None:
    """Raise ValueError unless ``value`` is finite and in [low, high]; NaN is not."""
    fits = isinstance(value, Real) and low <= value <= high and value < math.inf
    if not fits:
        wanted = f"in [{low}, {high}]" if high < math.inf else f"finite and >= {low}"
        raise ValueError(f"{name} must be {wanted}, got {value}")


def _finite(name: str, values: np.ndarray, shape: str) -> np.ndarray:
    """``values`` as finite float64, one axis for each letter of ``shape``.

    Raises:
        ValueError: otherwise, or if there are no values.
    """
    values = np.asarray(values)
    axes = f"({', '.join(shape)}{',' * (len(shape) == 1)})"
    if values.ndim != len(shape) or values.size == 0 or values.dtype.kind not in "biuf":
        got = f"{values.dtype} of shape {values.shape}"
        raise ValueError(f"{name} must be numbers of shape {axes}, none 0, got {got}")
    values = values.astype(float)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return values


def _rows(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Arrays with as many rows, at least one; what is in them is the learner's affair.

    Raises:
        ValueError: otherwise.
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y) or len(X) == 0:
        shapes = f"{X.shape} and {y.shape}"
        raise ValueError(f"X and y must be (n, d) and (n,), n >= 1, got {shapes}")
    return X, y


def _signs(name: str, y: np.ndarray) -> np.ndarray:
    """``y`` of shape (n,), each -1 or 1.

    Raises:
        ValueError: otherwise.
    """
    y = np.asarray(y)
    if y.ndim != 1 or not np.isin(y, (-1, 1)).all():
        got = f"{np.unique(y)[:5]} of shape {y.shape}"
        raise ValueError(f"{name} must be -1 or 1, shape (n,), got {got}")
    return y
