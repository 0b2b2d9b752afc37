"""Two numbers about a batch: advantages on one scale, and what the critic explains."""

import math

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, number, real


# --8<-- [start:normalise]
def normalise(adv: ArrayLike, eps: float = 1e-8) -> ndarray:
    """Minus the mean, divided by the population standard deviation plus eps.

    Args:
        adv: advantages of any shape, at least one.
        eps: added to the deviation, finite, >= 0.

    Returns:
        The same shape; zeros if all advantages are equal.

    Raises:
        ValueError: if an argument is not as above, or the mean overflows.
    """
    adv, small = real("adv", adv), number("eps", eps)
    if not adv.size:
        raise ValueError(f"adv must have at least one number, got shape {adv.shape}")
    if not 0 <= small < math.inf:
        raise ValueError(f"eps must be a finite number >= 0, got {eps!r}")
    if adv.min() == adv.max():
        return np.zeros_like(adv)
    with np.errstate(over="ignore", invalid="ignore"):
        centred = finite("adv minus its mean", adv - adv.mean())
    top = np.abs(centred).max()  # squares of tiny or huge numbers would leave float64
    return centred / (top * np.sqrt(np.mean((centred / top) ** 2)) + small)
    # --8<-- [end:normalise]


# --8<-- [start:explained]
def explained_variance(values: ArrayLike, returns: ArrayLike) -> float:
    """1 minus the variance of returns - values over that of the returns.

    Args:
        values, returns: one shape, at least one number.

    Returns:
        1 if the values are the returns up to a shift, 0 for constant values, below 0
        where the errors vary more than the returns; NaN if all returns are equal.

    Raises:
        ValueError: if an argument is not as above, or a number overflows.
    """
    returns = real("returns", returns)
    values = real("values", values, returns.shape)
    if not returns.size:
        raise ValueError(f"want at least one return, got shape {returns.shape}")
    if returns.min() == returns.max():
        return math.nan
    with np.errstate(over="ignore", invalid="ignore"):
        around = finite("returns minus their mean", returns - returns.mean())
        left = returns - values
        left = left - left.mean()
        top = np.abs(around).max()  # squares of tiny or huge numbers leave float64
        found = 1 - np.mean((left / top) ** 2) / np.mean((around / top) ** 2)
    return float(finite("the variances", found))
    # --8<-- [end:explained]
