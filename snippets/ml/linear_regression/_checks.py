"""What the fits want of their arguments, checked once, and the centring they share."""

import reprlib

import numpy as np

_LARGEST = 1e140  # squares of differences, and sums of them, stay finite


def _array(name: str, values: np.ndarray, ndim: int) -> np.ndarray:
    """A float64 copy of finite numbers with that many axes."""
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
    if array.ndim != ndim:
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


# --8<-- [start:centre]
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
    # --8<-- [end:centre]
