"""The forward jump, the way back given the data, and three names for one prediction."""

from __future__ import annotations

import numpy as np

from ._checks import _array, _name, _number, _same_shape, _times
from .schedule import Schedule, _schedule

KINDS = ("eps", "x0", "v")


# --8<-- [start:jump]
def q_sample(
    x0: np.ndarray, t: int | np.ndarray, noise: np.ndarray, schedule: Schedule
) -> np.ndarray:
    """Points at level t of noise, in one jump.

    Args:
        x0: data, shape (...) or (n, ...).
        t: step, counted from 0, the same for all; or shape (n,), one for each row.
        noise: standard normal numbers, the shape of ``x0``.
        schedule: of T steps.

    Returns:
        The shape of ``x0``.

    Raises:
        ValueError: if shapes differ, t is no integer from 0 to T - 1, or a number is
            not finite or above 1e50 in size. So do the functions below.
    """
    x0 = _array("x0", x0)
    noise = _same_shape("noise", noise, "x0", x0)
    t = _times(t, len(_schedule(schedule)), x0)
    return np.sqrt(schedule.alphas_bar)[t] * x0 + np.sqrt(schedule.noise_bar)[t] * noise
    # --8<-- [end:jump]


# --8<-- [start:posterior]
def posterior(
    x0: np.ndarray, xt: np.ndarray, t: int | np.ndarray, schedule: Schedule
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the point before step t, given data and the point after.

    Args:
        x0: data, shape (...) or (n, ...).
        xt: points at level t, the same shape.
        t: as for ``q_sample``.
        schedule: of T steps.

    Returns:
        Means, the shape of ``x0``; variances that broadcast against them, a scalar if
        t is one. At t = 0 the mean is ``x0``, the variance 0.
    """
    x0 = _array("x0", x0)
    xt = _same_shape("xt", xt, "x0", x0)
    t = _times(t, len(_schedule(schedule)), x0)
    data, point = _posterior_weights(schedule)
    return data[t] * x0 + point[t] * xt, schedule.posterior_variance[t]


def _posterior_weights(schedule: Schedule) -> tuple[np.ndarray, np.ndarray]:
    """What the posterior's mean takes of the data and of the point, (T,) each."""
    before = np.concatenate([[0.0], schedule.noise_bar[:-1]])
    data = np.sqrt(schedule.previous) * (schedule.betas / schedule.noise_bar)
    return data, np.sqrt(schedule.alphas) * (before / schedule.noise_bar)
    # --8<-- [end:posterior]


# --8<-- [start:convert]
def convert(
    prediction: np.ndarray,
    source: str,
    target: str,
    xt: np.ndarray,
    t: int | np.ndarray,
    schedule: Schedule,
) -> np.ndarray:
    """What one kind of prediction says in terms of another.

    Args:
        prediction: shape (...) or (n, ...).
        source: what it is: "eps" (the noise), "x0" (the data) or "v".
        target: what is wanted, likewise.
        xt: the point that it was made for, the same shape.
        t: as for ``q_sample``.
        schedule: of T steps.

    Returns:
        The shape of ``xt``.
    """
    xt = _array("xt", xt)
    given = _same_shape("prediction", prediction, "xt", xt)
    source, target = _name("source", source, KINDS), _name("target", target, KINDS)
    t = _times(t, len(_schedule(schedule)), xt)
    m, s = np.sqrt(schedule.alphas_bar)[t], np.sqrt(schedule.noise_bar)[t]
    if source == target:
        return given
    if source == "v":
        x0, eps = m * xt - s * given, s * xt + m * given
    elif source == "eps":
        x0, eps = (xt - s * given) / m, given
    else:
        x0, eps = given, (xt - m * given) / s
    return {"eps": eps, "x0": x0, "v": m * eps - s * x0}[target]
    # --8<-- [end:convert]


# --8<-- [start:gaussian]
def gaussian_eps(
    xt: np.ndarray,
    t: int | np.ndarray,
    schedule: Schedule,
    mean: float | np.ndarray = 0.0,
    var: float = 1.0,
) -> np.ndarray:
    """The best prediction of the noise if the data are normal: its expectation.

    Args:
        xt: points at level t, shape (...) or (n, ...).
        t: as for ``q_sample``.
        schedule: of T steps.
        mean: of the data: a number, or one for each of ``xt``, the same shape.
        var: variance of the data in each coordinate, from 0 to 1e50.

    Returns:
        The shape of ``xt``.
    """
    xt, mean = _array("xt", xt), _array("mean", mean)
    if mean.shape not in ((), xt.shape):
        raise ValueError(
            f"mean must be a number, or have shape {xt.shape}, got shape {mean.shape}"
        )
    var = _number("var", var, 0, 1e50)
    t = _times(t, len(_schedule(schedule)), xt)
    share, noise = schedule.alphas_bar[t], schedule.noise_bar[t]
    return np.sqrt(noise) * (xt - np.sqrt(share) * mean) / (share * var + noise)
    # --8<-- [end:gaussian]
