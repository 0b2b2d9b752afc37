"""What the functions want of their arguments."""

import math
import operator
from numbers import Real

import numpy as np

_LARGEST = 1e50  # squares, over the square of the least sigma, stay finite
_LOG = 200.0  # logarithms of variances: e^400 is finite


def _array(name: str, values: np.ndarray, largest: float = _LARGEST) -> np.ndarray:
    """A float64 copy of finite numbers."""
    array = _numbers(name, values)
    wrong = ~(np.abs(array) <= largest)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {largest:g} in size,"
            f" got {array[wrong].flat[0]}"
        )
    return array


def _numbers(name: str, values: np.ndarray) -> np.ndarray:
    try:
        given = np.asarray(values)
        if isinstance(values, np.ma.MaskedArray) or given.dtype.kind not in "iufO":
            raise TypeError("masked, complex, text, truth values or dates")
        if given.dtype.kind == "O" and any(
            isinstance(value, bool | np.bool_ | str | bytes) for value in given.flat
        ):
            raise TypeError("text or truth values among objects")
        return np.array(values, dtype=float)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from error


def _pair(
    mean: np.ndarray, log_var: np.ndarray, shape: tuple[int, ...] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Means and log-variances of one shape, (..., k) or the shape given."""
    mean, log_var = _array("mean", mean), _array("log_var", log_var, _LOG)
    if mean.ndim == 0:
        raise ValueError(f"mean must have shape (..., k), got shape {mean.shape}")
    if shape is not None and mean.shape != shape:
        raise ValueError(f"mean must have shape {shape}, got {mean.shape}")
    if log_var.shape != mean.shape:
        raise ValueError(
            f"log_var must have the shape of mean, {mean.shape}, got {log_var.shape}"
        )
    return mean, log_var


def _model(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, sigma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    x, W, b = _array("x", x), _array("W", W), _array("b", b)
    if W.ndim != 2 or 0 in W.shape:
        raise ValueError(f"W must have shape (d, k), d and k >= 1, got {W.shape}")
    if b.shape != W.shape[:1]:
        raise ValueError(f"b must have shape {W.shape[:1]}, got {b.shape}")
    if x.ndim != 2 or x.shape[1] != len(b):
        raise ValueError(f"x must have shape (n, {len(b)}), got {x.shape}")
    return x, W, b, _positive("sigma", sigma)


def _positive(name: str, value: float, zero: bool = False) -> float:
    """A number from 1e-50 to 1e50, or 0 where that is allowed."""
    known = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    try:
        number = float(value) if known else math.nan
    except OverflowError:  # a huge int
        number = math.inf
    if not (1 / _LARGEST <= number <= _LARGEST or (zero and number == 0)):
        wanted = "0 or a number" if zero else "a number"
        raise ValueError(f"{name} must be {wanted} from 1e-50 to 1e50, got {value!r}")
    return number


def _count(name: str, value: int, most: int) -> int:
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if not 1 <= number <= most:
        raise ValueError(f"{name} must be an integer from 1 to {most}, got {value!r}")
    return number
