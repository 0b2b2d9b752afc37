"""Dropout: set random values to zero in training; and what it does to a linear fit.

p is the probability of zero. What is left is divided by 1 - p at once ("inverted"
dropout), so that the mean stays, and nothing is left to do in evaluation.

Sources: Srivastava et al. 2014, JMLR 15:1929; Wager, Wang, Liang 2013, arXiv:1307.1493.
"""

import reprlib

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _array, _share


# --8<-- [start:dropout]
def dropout(
    x: ArrayLike, p: float, rng: np.random.Generator, train: bool = True
) -> np.ndarray:
    """Each value becomes 0 with probability p, else x / (1 - p); in evaluation, x.

    Args:
        x: values, any shape; left as they are.
        p: probability of zero, 0 <= p < 1.
        rng: draws one number for each value, in training only.
        train: whether to drop at all.

    Returns:
        a new array of the shape of ``x``.

    Raises:
        ValueError: if ``x`` is not finite or above 1e140, p outside [0, 1), or ``rng``
            no ``numpy.random.Generator``.
    """
    x, p = _array("x", x), _share("p", p, one=False)
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy Generator, got {reprlib.repr(rng)}")
    if not train:
        return x
    keep = rng.random(x.shape) >= p
    return np.where(keep, x / (1 - p), 0.0)
    # --8<-- [end:dropout]


# --8<-- [start:linear]
def dropout_linear(X: ArrayLike, y: ArrayLike, p: float) -> np.ndarray:
    """Weights that minimise the expected squared error under dropout of the inputs.

    That is |y - X w|**2 + p / (1 - p) * sum of w_j**2 |x_j|**2: ridge on columns of
    length 1, whose weights are then divided by the lengths. There is no intercept.

    Args:
        X: features, shape (n, d), n >= 1.
        y: targets, shape (n,).
        p: probability of zero, 0 <= p < 1.

    Returns:
        w of shape (d,); 0 for a column of zeros. At p = 0 that is least squares, and
        what p -> 0 tends to if columns depend on each other.

    Raises:
        ValueError: if a shape is not as above, a number not finite or above 1e140, p
            outside [0, 1), or a weight too large for a float.
    """
    X, y, p = _array("X", X, 2), _array("y", y, 1), _share("p", p, one=False)
    if len(X) == 0 or len(y) != len(X):
        raise ValueError(
            f"X and y must have as many rows, at least one, got {X.shape} and {y.shape}"
        )
    largest = np.abs(X).max(axis=0)
    used = largest > 0
    unit = X[:, used] / largest[used]  # squares of tiny numbers would be 0
    lengths = np.linalg.norm(unit, axis=0)
    U, s, Vt = np.linalg.svd(unit / lengths, full_matrices=False)
    whole = s > s.max(initial=0) * max(X.shape) * np.finfo(float).eps
    U, s, Vt = U[:, whole], s[whole], Vt[whole]
    w = np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        v = Vt.T @ (s / (s**2 + p / (1 - p)) * (U.T @ y))
        w[used] = v / lengths / largest[used]
    if not np.isfinite(w).all():
        raise ValueError(
            f"X must not be so small that weights overflow, got {largest.max():g}"
        )
    return w
    # --8<-- [end:linear]
