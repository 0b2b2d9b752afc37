"""Ridge regression: each singular direction is shrunk, the weak ones most.

The penalty is lam * |w|**2 beside the plain sum of squares, as in scikit-learn's
``Ridge``; the intercept is free.

Source: Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634.
"""

import numpy as np

from ._checks import _centre, _design, _number, _rows


def _directions(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The thin SVD without directions that are rounding.

    ``U`` of shape (n, r), ``s`` of shape (r,), ``Vt`` of shape (r, d). What is left out
    lies below max(n, d) * eps of the largest singular value, as in ``np.linalg.lstsq``.
    """
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    keep = s > max(X.shape) * np.finfo(float).eps * s.max(initial=0.0)
    return U[:, keep], s[keep], Vt[keep]


def _kept(s: np.ndarray, lam: float) -> np.ndarray:
    """Share of each direction that is kept: s**2 / (s**2 + lam), but unsquared."""
    with np.errstate(over="ignore"):  # lam / s may be infinite: nothing is kept
        return s / (s + lam / s)


# --8<-- [start:ridge]
def ridge(
    X: np.ndarray, y: np.ndarray, lam: float, intercept: bool = True
) -> tuple[np.ndarray, float]:
    """Ridge: w and b that minimise the sum of (y - X w - b)**2, plus lam * |w|**2.

    Args:
        X: features, shape (n, d), n >= 1; d may be 0.
        y: targets, shape (n,).
        lam: penalty on the weights, not on b; >= 0. With 0 these are the shortest
            weights of least squares.
        intercept: whether b is fitted; else it is 0.0.

    Returns:
        w of shape (d,), and b.

    Raises:
        ValueError: if a shape is not as above, a number not finite or above 1e140, or
            ``lam`` negative.
    """
    X, y = _rows(X, y)
    lam = _number("lam", lam)
    centred, x_mean = _centre(X, intercept)
    target, y_mean = _centre(y, intercept)
    U, s, Vt = _directions(centred)
    w = Vt.T @ (_kept(s, lam) * (U.T @ target) / s)
    return w, float(y_mean - x_mean @ w)
    # --8<-- [end:ridge]


# --8<-- [start:dof]
def ridge_dof(X: np.ndarray, lam: float, intercept: bool = True) -> float:
    """Effective number of parameters: how much of all directions is kept.

    Args:
        X: features, shape (n, d), n >= 1.
        lam: penalty, >= 0.
        intercept: whether the fit has one; it is free and counts 1.

    Raises:
        ValueError: if an argument is as ``ridge`` refuses it.
    """
    lam = _number("lam", lam)
    centred, _ = _centre(_design(X), intercept)
    _, s, _ = _directions(centred)
    return float(_kept(s, lam).sum() + (1 if intercept else 0))
    # --8<-- [end:dof]


# --8<-- [start:loo]
def ridge_loo_residuals(
    X: np.ndarray, y: np.ndarray, lam: float, intercept: bool = True
) -> np.ndarray:
    """Errors of each row under the ridge fit to all others, without refitting.

    Args:
        X: features, shape (n, d), n >= 1.
        y: targets, shape (n,).
        lam: penalty, >= 0; 0 is least squares.
        intercept: whether the fit has one.

    Returns:
        y_i minus what the other rows predict for it, shape (n,).

    Raises:
        ValueError: if an argument is as ``ridge`` refuses it, or an entry of the
            diagonal of the hat matrix is 1 (within 1e-10).
    """
    X, y = _rows(X, y)
    lam = _number("lam", lam)
    target, _ = _centre(y, intercept)
    U, s, _ = _directions(_centre(X, intercept)[0])
    kept = _kept(s, lam)
    r = target - U @ (kept * (U.T @ target))
    h = U * U @ kept + (1 / len(y) if intercept else 0.0)
    if (1 - h <= 1e-10).any():
        row = h.argmax()
        raise ValueError(f"every leverage must be below 1, got {h[row]:g} in row {row}")
    return r / (1 - h)
    # --8<-- [end:loo]
