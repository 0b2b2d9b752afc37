"""The straight path from noise to data, and the mean direction at a point of it."""

from __future__ import annotations

import numpy as np

from ._checks import _array, _number, _row_times, _same_shape


def interpolate(
    x0: np.ndarray, x1: np.ndarray, t: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The point between noise and data, and the direction, which is the target.

    Args:
        x0: noise, shape (...) or (n, ...).
        x1: data, the same shape.
        t: time from 0 to 1: a number, or shape (n,), one for each row.

    Returns:
        (1 - t) x0 + t x1 and x1 - x0, the shape of ``x0``.

    Raises:
        ValueError: if shapes differ, t is outside, or a number is not finite or above
            1e50 in size. So do the functions below.
    """
    x0 = _array("x0", x0)
    x1 = _same_shape("x1", x1, "x0", x0)
    t = _row_times(t, x0)
    return (1 - t) * x0 + t * x1, x1 - x0


def gaussian_velocity(
    x: np.ndarray, t: float | np.ndarray, mean: float = 0.0, std: float = 1.0
) -> np.ndarray:
    """Mean direction at x for data N(mean, std^2), independent of the noise.

    Args:
        x: points, shape (...) or (n, ...).
        t: as for ``interpolate``; below 1 if ``std`` is 0.
        mean: of the data, in each coordinate: a number, or an array like ``x``.
        std: standard deviation of the data in each coordinate, from 0 to 1e50.

    Returns:
        The shape of ``x``.
    """
    x, center = _array("x", x), _array("mean", mean)
    if center.shape not in ((), x.shape):
        raise ValueError(
            f"mean must be a number, or have shape {x.shape}, got shape {center.shape}"
        )
    std = _number("std", std)
    t = _row_times(t, x, "[0, 1]" if std else "[0, 1)")
    noise, data = 1 - t, t * std  # the standard deviations of both parts of x
    total = np.hypot(noise, data)
    slope = (std * (data / total) - noise / total) / total
    return center + slope * (x - t * center)


def data_velocity(x: np.ndarray, t: float | np.ndarray, data: np.ndarray) -> np.ndarray:
    """Mean direction if the data are these points, each as likely as the others.

    Args:
        x: shape (n, d).
        t: from 0 to below 1: a number, or shape (n,).
        data: shape (m, d), m >= 1.

    Returns:
        Shape (n, d). Time and memory grow with n m d.
    """
    x, data = _array("x", x), _array("data", data)
    if x.ndim != 2:
        raise ValueError(f"x must have shape (n, d), got {x.shape}")
    if data.ndim != 2 or data.shape[1] != x.shape[1] or not len(data):
        wanted = f"(m, {x.shape[1]}), m >= 1"
        raise ValueError(f"data must have shape {wanted}, got {data.shape}")
    t = _row_times(t, x, "[0, 1)")
    noise = (x[:, None] - t[..., None] * data) / (1 - t[..., None])  # (n, m, d)
    nearest = (noise**2).sum(2).argmin(1)
    nearest_noise = noise[np.arange(len(x)), nearest][:, None]
    # Squares of huge numbers would cancel: the difference is known beforehand.
    apart = t[..., None] / (1 - t[..., None]) * (data[nearest][:, None] - data)
    logs = -(apart * (noise + nearest_noise)).sum(2) / 2
    weights = np.exp(logs - logs.max(1, keepdims=True))
    mean = weights @ data / weights.sum(1, keepdims=True)
    return (mean - x) / (1 - t)
