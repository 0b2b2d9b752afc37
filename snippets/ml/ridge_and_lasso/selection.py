"""The lasso: an absolute value as penalty sets weights to exactly 0.

The objective is that of scikit-learn's ``Lasso``: half the *mean* of the squares plus
lam times the sum of |w_j|; the intercept is free.

Sources: Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x; coordinate descent as
in Friedman, Hastie, Tibshirani 2010, doi:10.18637/jss.v033.i01.
"""

import numpy as np

from ._checks import _array, _centre, _count, _number, _rows


# --8<-- [start:soft]
def soft_threshold(z: np.ndarray | float, t: float) -> np.ndarray | float:
    """Pull towards 0 by t, and stop there: sign(z) * max(|z| - t, 0).

    Args:
        z: numbers, any shape.
        t: how far, >= 0.

    Returns:
        The shape of ``z``, float64.

    Raises:
        ValueError: if a number is not finite or above 1e140, or ``t`` negative.
    """
    z, t = _array("z", z), _number("t", t)
    return _soft(z, t)[()]
    # --8<-- [end:soft]


def _soft(z: np.ndarray | float, t: float) -> np.ndarray:
    """As above, unchecked; made of two parts so that it gives 0.0 and never -0.0."""
    return np.maximum(z - t, 0.0) - np.maximum(-z - t, 0.0)


# --8<-- [start:lambda_max]
def lasso_lambda_max(X: np.ndarray, y: np.ndarray, intercept: bool = True) -> float:
    """The smallest penalty at which all weights of the lasso are 0.

    Args:
        X: features, shape (n, d), n >= 1.
        y: targets, shape (n,).
        intercept: whether the fit has one.

    Returns:
        The largest |x_j . y| / n, of centred columns and targets; 0.0 if d is 0.

    Raises:
        ValueError: if an argument is as ``lasso`` refuses it.
    """
    X, y = _rows(X, y)
    columns = np.ascontiguousarray(_centre(X, intercept)[0].T)
    r, _ = _centre(y, intercept)
    return float(max((abs(x @ r) / len(y) for x in columns), default=0.0))
    # --8<-- [end:lambda_max]


# --8<-- [start:lasso]
def lasso(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    intercept: bool = True,
    max_iter: int = 10000,
    tol: float = 1e-10,
) -> tuple[np.ndarray, float]:
    """Lasso: w and b that minimise |y - X w - b|**2 / (2 n) + lam * sum |w_j|.

    By coordinate descent: each weight in turn is set to its best value, the others
    held, until a sweep over all of them changes the fit no more.

    Args:
        X: features, shape (n, d), n >= 1; d may be 0. A column whose squares vanish,
            such as a constant one beside an intercept, gets weight 0.
        y: targets, shape (n,).
        lam: penalty on the weights, not on b; >= 0.
        intercept: whether b is fitted; else it is 0.0.
        max_iter: most sweeps, >= 1.
        tol: a sweep ends the search if no weight moved the fitted values by more than
            this share of the targets, both as root mean squares; > 0. Then each
            x_j . r / n is within d * tol * |x_j| |y| / n of a minimum's condition (x_j
            and y centred). The weights of near copies may still be far from it.

    Returns:
        w of shape (d,), and b. If several w are best, one of them: it depends on the
        order of the columns.

    Raises:
        ValueError: if a shape is not as above, a number not finite or above 1e140,
            ``lam`` negative, ``tol`` not positive, or ``max_iter`` no integer of at
            least 1, or too small to reach ``tol``.
    """
    X, y = _rows(X, y)
    lam, tol = _number("lam", lam), _number("tol", tol, zero=False)
    max_iter = _count("max_iter", max_iter)
    centred, x_mean = _centre(X, intercept)
    r, y_mean = _centre(y, intercept)
    columns = np.ascontiguousarray(centred.T)  # (d, n): each x_j in one piece
    n, w, q = len(y), np.zeros(X.shape[1]), (columns**2).mean(axis=1)
    enough = tol * np.sqrt(np.mean(r * r))
    for _ in range(max_iter):
        moved = 0.0
        for j in np.flatnonzero(q):
            x, old = columns[j], w[j]
            w[j] = _soft(x @ r / n + q[j] * old, lam) / q[j]
            if w[j] != old:
                r -= x * (w[j] - old)
                moved = max(moved, abs(w[j] - old) * np.sqrt(q[j]))
        if moved <= enough:
            return w, float(y_mean - x_mean @ w)
    raise ValueError(
        f"max_iter must be larger to reach tol={tol:g}, got {max_iter}: the last sweep"
        f" moved the fit by {moved:g}, more than {enough:g}"
    )
    # --8<-- [end:lasso]
