"""From noise to data: one step back after another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._checks import _count, _generator, _name, _same_shape
from .process import _posterior_weights
from .schedule import Schedule, _schedule

VARIANCES = ("posterior", "beta")


# --8<-- [start:sample]
def ancestral_sample(
    eps_fn: Callable[[np.ndarray, int], np.ndarray],
    shape: tuple[int, ...],
    schedule: Schedule,
    rng: np.random.Generator,
    variance: str = "posterior",
) -> np.ndarray:
    """Points drawn by the reverse chain, from t = T - 1 down to 0.

    Args:
        eps_fn: takes points of shape ``shape`` and the step t, gives the predicted
            noise, the same shape.
        shape: of the points; they are independent.
        schedule: of T steps.
        rng: a numpy generator; it draws the start, and noise in each step but the last.
        variance: of that noise: "posterior" for that of the posterior, or "beta".

    Returns:
        Shape ``shape``.

    Raises:
        ValueError: if the shape holds other than integers >= 0, the variance is
            unknown, or a prediction has another shape or a number that is not finite.
    """
    known = _variances(schedule, variance)
    if not isinstance(shape, tuple):
        raise ValueError(f"shape must be a tuple of integers, got {shape!r}")
    shape = tuple(_count("shape", size, 0, 10**9) for size in shape)
    rng = _generator(rng)
    m, s = np.sqrt(schedule.alphas_bar), np.sqrt(schedule.noise_bar)
    data, point = _posterior_weights(schedule)
    x = rng.standard_normal(shape)
    for t in reversed(range(len(schedule))):
        noise = _same_shape("the prediction of eps_fn", eps_fn(x.copy(), t), "x", x)
        x0 = (x - s[t] * noise) / m[t]
        x = data[t] * x0 + point[t] * x
        if t > 0:
            x = x + np.sqrt(known[t]) * rng.standard_normal(shape)
    return x
    # --8<-- [end:sample]


def _variances(schedule: Schedule, variance: str) -> np.ndarray:
    variance = _name("variance", variance, VARIANCES)
    betas = _schedule(schedule).betas
    return betas if variance == "beta" else schedule.posterior_variance
