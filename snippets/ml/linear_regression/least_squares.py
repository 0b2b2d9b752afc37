"""Least squares by the singular values, and what each row does to its own fit."""

import numpy as np

from ._checks import _centre, _design, _rows


def _directions(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The thin SVD without directions that are rounding.

    ``U`` of shape (n, r), ``s`` of shape (r,), ``Vt`` of shape (r, d). What is left out
    lies below max(n, d) * eps of the largest singular value, as in ``np.linalg.lstsq``.
    """
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    keep = s > max(X.shape) * np.finfo(float).eps * s.max(initial=0.0)
    return U[:, keep], s[keep], Vt[keep]


# --8<-- [start:ols]
def ols(
    X: np.ndarray, y: np.ndarray, intercept: bool = True
) -> tuple[np.ndarray, float]:
    """Least squares: w and b that minimise the sum of (y - X w - b)**2.

    Where several w do, the shortest one. Directions of the centred ``X`` below
    max(n, d) * eps of its largest singular value count as absent.

    Args:
        X: features, shape (n, d), n >= 1; d may be 0.
        y: targets, shape (n,).
        intercept: whether b is fitted; else it is 0.0.

    Returns:
        w of shape (d,), and b.

    Raises:
        ValueError: if a shape is not as above, or a number not finite or above 1e140.
    """
    X, y = _rows(X, y)
    centred, x_mean = _centre(X, intercept)
    target, y_mean = _centre(y, intercept)
    U, s, Vt = _directions(centred)
    w = Vt.T @ ((U.T @ target) / s)
    return w, float(y_mean - x_mean @ w)
    # --8<-- [end:ols]


# --8<-- [start:leverages]
def leverages(X: np.ndarray, intercept: bool = True) -> np.ndarray:
    """How far each fitted value follows its own target: the diagonal of the hat matrix.

    Args:
        X: features, shape (n, d), n >= 1.
        intercept: whether the fit has one.

    Returns:
        Numbers from 0 to 1, up to rounding, shape (n,). They add up to the number of
        independent columns, that of the intercept included.

    Raises:
        ValueError: if ``X`` is not as above, or a number not finite or above 1e140.
    """
    centred, _ = _centre(_design(X), intercept)
    U, _, _ = _directions(centred)
    return (U * U).sum(axis=1) + (1 / len(U) if intercept else 0.0)
    # --8<-- [end:leverages]


# --8<-- [start:loo]
def loo_residuals(X: np.ndarray, y: np.ndarray, intercept: bool = True) -> np.ndarray:
    """Errors of each row under the fit to all others, without refitting.

    Args:
        X: features, shape (n, d), n >= 1.
        y: targets, shape (n,).
        intercept: whether the fit has one.

    Returns:
        y_i minus what the other rows predict for it, shape (n,).

    Raises:
        ValueError: if an argument is as ``ols`` refuses it, or a leverage is 1 (within
            1e-10): then the other rows do not determine the fit at that row.
    """
    X, y = _rows(X, y)
    target, _ = _centre(y, intercept)
    U, _, _ = _directions(_centre(X, intercept)[0])
    r = target - U @ (U.T @ target)  # of centred numbers, which keeps the digits
    h = leverages(X, intercept)
    if (1 - h <= 1e-10).any():
        row = h.argmax()
        raise ValueError(f"every leverage must be below 1, got {h[row]:g} in row {row}")
    return r / (1 - h)
    # --8<-- [end:loo]
