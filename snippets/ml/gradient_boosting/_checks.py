"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from numbers import Real

import numpy as np

LARGEST = 1e150  # squares of sums of a few more must not overflow


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


def _penalty(name: str, value: float) -> None:
    if not isinstance(value, Real) or not 0 <= value < math.inf:
        raise ValueError(f"{name} must be finite and >= 0, got {value}")


def _share(name: str, value: float) -> None:
    if not isinstance(value, Real) or not 0 < value <= 1:
        raise ValueError(f"{name} must be in (0, 1], got {value}")


def _derivatives(name: str, values: np.ndarray | float) -> np.ndarray:
    """``values`` as float64, finite and small enough to be squared.

    Raises:
        ValueError: otherwise.
    """
    values = np.asarray(values, float)
    if not (np.abs(values) < LARGEST).all():
        raise ValueError(
            f"{name} must be finite, below {LARGEST} in size, got {values}"
        )
    return values


def _curvatures(name: str, values: np.ndarray | float) -> np.ndarray:
    values = _derivatives(name, values)
    if (values < 0).any():
        raise ValueError(f"{name} must be >= 0, got {values.min()}")
    return values


def _features(X: np.ndarray, columns: int | None = None) -> np.ndarray:
    """``X`` as float64 of shape (n, d), n and d >= 1, without infinities.

    Raises:
        ValueError: otherwise, or if ``columns`` is another number than d.
    """
    X = np.asarray(X, float)
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must have shape (n, d), not empty, got {X.shape}")
    if columns is not None and X.shape[1] != columns:
        raise ValueError(f"X must have {columns} columns as in fit, got {X.shape[1]}")
    if np.isinf(X).any():
        raise ValueError("X must be finite, or NaN where missing, got an infinity")
    return X


def _rows(
    X: np.ndarray, g: np.ndarray, h: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``X``, ``g``, ``h`` as float64, one ``g`` and ``h`` a row.

    Raises:
        ValueError: if they do not fit, are not finite, or ``h`` is negative.
    """
    X, g, h = _features(X), _derivatives("g", g), _curvatures("h", h)
    for name, values in (("g", g), ("h", h)):
        if values.shape != X.shape[:1]:
            wanted = f"{X.shape[:1]}, got {values.shape}"
            raise ValueError(f"{name} must have shape {wanted}")
    return X, g, h


def _targets(y: np.ndarray, objective: str) -> np.ndarray:
    """``y`` as float64, as the objective wants it.

    Raises:
        ValueError: otherwise.
    """
    y = np.asarray(y, float)
    if objective not in ("squarederror", "logistic"):
        wanted = f"'squarederror' or 'logistic', got {objective!r}"
        raise ValueError(f"objective must be {wanted}")
    if not (np.abs(y) < LARGEST).all():
        raise ValueError(f"y must be finite, below {LARGEST} in size, got {y}")
    if objective == "logistic" and not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must be 0 or 1 for logistic, got {np.unique(y)}")
    return y


def _data(
    X: np.ndarray, y: np.ndarray, objective: str
) -> tuple[np.ndarray, np.ndarray]:
    """``X`` and ``y`` as float64, one target a row.

    Raises:
        ValueError: otherwise.
    """
    X, y = _features(X), _targets(y, objective)
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape {X.shape[:1]}, got {y.shape}")
    return X, y
