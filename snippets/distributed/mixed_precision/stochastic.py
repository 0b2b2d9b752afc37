"""Rounding by lot: each result is off, their mean is not.

Source: Gupta et al. 2015, arXiv:1502.02551, for fixed point.
"""

import numpy as np

from ._checks import _numbers
from .formats import _ended, _step, limits


# --8<-- [start:stochastic]
def stochastic_round(x: np.ndarray, name: str, rng: np.random.Generator) -> np.ndarray:
    """One of the two neighbours in the format, the nearer one more often.

    Args:
        x: numbers that float64 holds, any shape.
        name: one of ``FORMATS``.
        rng: gives one uniform number for each of ``x``.

    Returns:
        float64, shape of ``x``. The neighbour further from 0 has the probability with
        which the mean is x; beyond the largest number lies an infinity, in E4M3 NaN.

    Raises:
        ValueError: x is not of such numbers, an unknown format, rng is no Generator.
    """
    values, known = _numbers("x", x), limits(name)
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    step = _step(values, known)
    size = np.where(np.isfinite(values), np.abs(values), 0) / step
    below = np.floor(size)
    up = rng.random(values.shape) < size - below
    with np.errstate(over="ignore"):
        rounded = np.copysign((below + up) * step, values)
    return _ended(np.where(np.isfinite(values), rounded, values), name, False)
    # --8<-- [end:stochastic]
