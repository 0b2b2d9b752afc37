"""What the functions here refuse, and the distance that they all measure."""

import math
import operator

import numpy as np

LARGEST = 1e150  # sums of squares of differences must not overflow


def _integer(name: str, value: int, least: int, most: float = math.inf) -> int:
    """``value`` as Python's int; numpy's integers are integers, True is not."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if not least <= number <= most:
        wanted = f">= {least}" if most == math.inf else f"in {least}..{most}"
        raise ValueError(f"{name} must be an integer {wanted}, got {value!r}")
    return number


def _numbers(name: str, values: np.ndarray, axes: int) -> np.ndarray:
    """``values`` as float64 with so many axes, not empty, finite and below LARGEST."""
    array = np.asarray(values)
    try:
        if array.dtype.kind in "cSUMm":  # would be cast in silence
            raise TypeError
        array = array.astype(float, copy=False)
    except (TypeError, OverflowError):
        raise ValueError(f"{name} must be real numbers, got {values!r}") from None
    if array.ndim != axes or array.size == 0:
        wanted = f"{axes} {'axis' if axes == 1 else 'axes'} and at least one number"
        raise ValueError(f"{name} must have {wanted}, got shape {array.shape}")
    if not (np.abs(array) < LARGEST).all():
        raise ValueError(f"{name} must be finite, below {LARGEST} in size, got {array}")
    return array


def _points(name: str, values: np.ndarray, dimensions: int | None = None) -> np.ndarray:
    """Rows of finite numbers, as many columns as ``dimensions`` if that is given."""
    array = _numbers(name, values, 2)
    if dimensions is not None and array.shape[1] != dimensions:
        raise ValueError(f"{name} must have {dimensions} columns, got {array.shape[1]}")
    return array


def _squared_distances(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """(n, d) and (k, d) to (n, k); differences first, so that nothing cancels."""
    columns = [((X - center) ** 2).sum(axis=1) for center in centers]
    return np.stack(columns, axis=1)
