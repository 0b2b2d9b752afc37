"""Which times to train at, and which to stop at when sampling."""

from __future__ import annotations

import numpy as np

from ._checks import _array, _finite, _number, _times


def shift_time(t: float | np.ndarray, shift: float) -> np.ndarray:
    """Multiply the odds t / (1 - t) by the shift.

    Args:
        t: from 0 to 1, any shape.
        shift: above 0, at most 1e50.

    Returns:
        The shape of ``t``: shift t / (1 + (shift - 1) t).

    Raises:
        ValueError: if t or the shift is outside. So does the function below.
    """
    t = _times(t)
    part = _number("shift", shift, positive=True) * t
    return part / ((1 - t) + part)


def logit_normal_density(
    t: float | np.ndarray, mean: float = 0.0, std: float = 1.0
) -> np.ndarray:
    """Density of 1 / (1 + exp(-z)) for normal z.

    Args:
        t: between 0 and 1, neither of them, any shape.
        mean: of z, at most 1e50 in size.
        std: standard deviation of z, above 0, at most 1e50.

    Returns:
        The shape of ``t``.
    """
    t, center = _times(t, "(0, 1)"), _array("mean", mean)
    if center.ndim:
        raise ValueError(f"mean must be a number, got shape {center.shape}")
    std = _number("std", std, positive=True)
    log_t, log_rest = np.log(t), np.log1p(-t)
    with np.errstate(over="ignore"):
        far = ((log_t - log_rest - center) / std) ** 2
        logs = -far / 2 - log_t - log_rest - np.log(std) - np.log(2 * np.pi) / 2
        return _finite(np.exp(logs))
