"""How much of each singular direction a fit keeps: ridge, and gradient descent stopped.

Least squares keeps all, a factor of 1. s is a singular value of X. Ridge minimises
|y - X w|**2 + lam * |w|**2; descent takes steps on |y - X w|**2 / 2, from w = 0.

Source: Ali, Kolter, Tibshirani 2019, arXiv:1810.10082.
"""

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _array, _count, _number


def _singular(s: ArrayLike) -> np.ndarray:
    s = _array("s", s)
    if (s < 0).any():
        raise ValueError(f"s must hold singular values >= 0, got {s.min():g}")
    return s


# --8<-- [start:ridge]
def ridge_shrinkage(s: ArrayLike, lam: float) -> np.ndarray:
    """Share of each direction that ridge keeps: s**2 / (s**2 + lam), and 0 at s = 0.

    Args:
        s: singular values >= 0, any shape.
        lam: penalty, >= 0.

    Returns:
        factors from 0 to 1, the shape of ``s``.

    Raises:
        ValueError: if an argument is negative or not finite, or ``s`` above 1e140.
    """
    s, lam = _singular(s), _number("lam", lam)
    kept = np.zeros_like(s)
    some = s > 0
    with np.errstate(over="ignore"):  # lam / s may be infinite: nothing is kept
        kept[some] = s[some] / (s[some] + lam / s[some])
    return kept
    # --8<-- [end:ridge]


# --8<-- [start:stop]
def early_stopping_shrinkage(s: ArrayLike, lr: float, steps: int) -> np.ndarray:
    """Share that ``steps`` of gradient descent keep: 1 - (1 - lr s**2)**steps.

    Args:
        s: singular values >= 0, any shape.
        lr: step size >= 0. Above 2 / s**2 the factor swings ever wider.
        steps: how many, >= 0.

    Returns:
        factors, the shape of ``s``: from 0 to 1 while lr s**2 is at most 1.

    Raises:
        ValueError: if an argument is negative or not finite, ``s`` above 1e140, or a
            factor too large for a float.
    """
    s, lr, steps = _singular(s), _number("lr", lr), _count("steps", steps, 0)
    with np.errstate(over="ignore"):
        pull = lr * s * s
        kept = 1 - (1 - pull) ** steps
    weak = np.minimum(pull, 0.5)  # where 1 minus nearly 1 would lose the digits
    kept = np.where(pull < 0.5, -np.expm1(steps * np.log1p(-weak)), kept)
    if not np.isfinite(kept).all():
        largest = f"lr * s**2 is {pull.max():g}"
        raise ValueError(f"steps must end before overflow, got {steps}, {largest}")
    return kept
    # --8<-- [end:stop]
