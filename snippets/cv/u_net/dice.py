"""Soft Dice: the overlap of a mask of probabilities with a mask of zeros and ones."""

import numpy as np
from numpy import ndarray

from ._checks import array, one_of, real, truth


# --8<-- [start:dice]
def soft_dice(
    p: ndarray,
    t: ndarray,
    smooth: float = 0.0,
    squared: bool = False,
    per: str = "image",
) -> float:
    """Dice of p and t; the loss is 1 minus it. A quotient 0/0 counts as 1.

    Args:
        p: probabilities, shape (images, ...).
        t: targets 0 and 1, same shape.
        smooth: added to numerator and denominator.
        squared: whether p and t are squared in the denominator.
        per: "image" takes the mean over the images, "batch" sums over all of them.

    Raises:
        ValueError: if an argument is not as above, or an array empty.
    """
    p, t = array("p", p).astype(np.float64), array("t", t).astype(np.float64)
    if p.shape != t.shape or p.ndim < 2 or p.size == 0:
        raise ValueError(f"p and t must be (images, ...), got {p.shape}, {t.shape}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p must be from 0 to 1, got another number or NaN")
    if not ((t == 0) | (t == 1)).all():
        raise ValueError("t must be 0 or 1, got another number")
    smooth = real("smooth", smooth, 0)
    truth("squared", squared)
    shape = (
        (1, -1) if one_of("per", per, ("image", "batch")) == "batch" else (len(p), -1)
    )
    p, t = p.reshape(shape), t.reshape(shape)
    power = 2 if squared else 1
    above = 2 * (p * t).sum(axis=1) + smooth
    below = (p**power).sum(axis=1) + (t**power).sum(axis=1) + smooth
    ratio = np.where(p.any(axis=1), 0.0, 1.0)  # a tiny p has a square of 0
    np.divide(above, below, out=ratio, where=below > 0)
    return float(ratio.mean())
    # --8<-- [end:dice]
