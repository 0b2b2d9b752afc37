"""SGD on a quadratic, without sampling: what a schedule leaves of start and noise.

On 0.5 h x^2 with a gradient h x + noise of variance s, the mean square v of x becomes
(1 - lr h)^2 v + lr^2 s in one step: the old error shrunk, plus fresh noise.

Reference:
    Zhang et al., "Which Algorithmic Choices Matter at Which Batch Sizes? Insights From
    a Noisy Quadratic Model", 2019, arXiv:1907.04164.
"""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import _at_least_zero, _curvature, _floats, _integer, _real


# --8<-- [start:moment]
def sgd_second_moment(
    lrs: ArrayLike, curvature: float, noise: float, start: float
) -> ndarray:
    """Mean square distance from the minimum before, between and after the steps.

    Args:
        lrs: the learning rate of each step, shape (len,), >= 0; may be empty.
        curvature: h > 0.
        noise: the variance of one gradient, >= 0.
        start: the mean square distance at first, >= 0.

    Returns:
        Shape (len + 1,), float64.

    Raises:
        ValueError: if an argument is not as above, or the result is not finite.
    """
    rates, h = _floats("lrs", lrs, ("len",)), _curvature(curvature)
    noise, v = _at_least_zero("noise", noise), _at_least_zero("start", start)
    moments = [v]
    for lr in rates.tolist():
        v = (1 - lr * h) * ((1 - lr * h) * v) + lr * lr * noise
        if not v < np.inf:
            raise ValueError(f"moments must stay finite, got {v}, step {len(moments)}")
        moments.append(v)
    return np.array(moments)
    # --8<-- [end:moment]


def stationary_variance(lr: float, curvature: float, noise: float) -> float:
    """Where the mean square settles at a constant rate: lr s / (h (2 - lr h)).

    Args:
        lr: the learning rate, strictly between 0 and 2 / curvature.
        curvature: h > 0.
        noise: the variance s of one gradient, >= 0.

    Raises:
        ValueError: if an argument is not as above, or the result is not finite.
    """
    h, noise, rate = _curvature(curvature), _at_least_zero("noise", noise), _real(lr)
    if not 0 < rate * h < 2:
        raise ValueError(f"lr must be in (0, 2 / curvature = {2 / h:g}), got {lr!r}")
    variance = rate * (noise / h) / (2 - rate * h)
    if not variance < np.inf:
        raise ValueError(f"variance must stay finite, got {variance}")
    return variance


# --8<-- [start:greedy]
def greedy_lrs(steps: int, curvature: float, noise: float, start: float) -> ndarray:
    """The best rate of each step for one curvature: h v / (h^2 v + s).

    A smaller v before a step leaves no larger v after it, so that the best for each
    step is the best for all. Where v = 0 nothing is to be gained, and the rate is 0.

    Args:
        steps: how many, >= 0.
        curvature: h > 0.
        noise: the variance s of one gradient, >= 0.
        start: the mean square distance v at first, >= 0.

    Returns:
        Shape (steps,), float64.

    Raises:
        ValueError: if an argument is not as above.
    """
    steps, h = _integer("steps", steps, 0), _curvature(curvature)
    noise, v = _at_least_zero("noise", noise), _at_least_zero("start", start)
    rates = np.zeros(steps)
    for t in range(steps):
        if v == 0:
            break
        rates[t] = rate = 1 / (h + noise / h / v)
        v = rate * (noise / h)  # what the best rate leaves
    return rates
    # --8<-- [end:greedy]


def bowl_loss(
    lrs: ArrayLike, curvature: ArrayLike, noise: ArrayLike, start: float = 1.0
) -> ndarray:
    """Mean loss 0.5 sum(h v) after the last step, for several schedules at once.

    Args:
        lrs: one schedule a row, shape (k, len), >= 0.
        curvature: h of each direction, shape (d,), > 0.
        noise: variance of its gradient, shape (d,), >= 0.
        start: the mean square distance at first, the same in all directions, >= 0.

    Returns:
        Shape (k,), float64.

    Raises:
        ValueError: if an argument is not as above, or the result is not finite.
    """
    rates, h = (
        _floats("lrs", lrs, ("k", "len")),
        _floats("curvature", curvature, ("d",)),
    )
    s, start = _floats("noise", noise, ("d",)), _at_least_zero("start", start)
    if h.size == 0 or not (h > 0).all():
        raise ValueError(f"curvature must be > 0, at least one, got {curvature!r}")
    if s.shape != h.shape:
        raise ValueError(f"noise must have shape {h.shape}, got {s.shape}")
    v = np.full((len(rates), len(h)), start)
    with np.errstate(all="ignore"):  # what overflows is reported
        for lr in rates.T[:, :, None]:
            v = (1 - lr * h) * ((1 - lr * h) * v) + lr * lr * s
        loss: ndarray = 0.5 * (h * v).sum(axis=1)
    if not np.isfinite(loss).all():
        raise ValueError(f"losses must stay finite, got {loss}")
    return loss
