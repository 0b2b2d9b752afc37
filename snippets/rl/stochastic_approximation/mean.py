"""The mean as the simplest stochastic approximation: one sample in, one step made.

Counting is from k = 1: w_1 is the start, sample x_k and step a_k make w_{k+1}. Step
sizes are a function of k, or a number if all are the same.

References:
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 6.
    Bottou, Curtis, Nocedal, arXiv:1606.04838 (mini-batches, constant steps).
"""

import math
import operator
from collections.abc import Callable
from numbers import Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

Steps = Callable[[int], float] | float


# --8<-- [start:incremental_mean]
def incremental_mean(x: ArrayLike) -> ndarray:
    """All running means, each from the last one: w <- w - (w - x_k) / k.

    Args:
        x: samples, shape (n,) with n >= 1, finite.

    Returns:
        Shape (n,); entry k - 1 is the mean of the first k samples.

    Raises:
        ValueError: if x is empty, not one-dimensional or not finite.
    """
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) == 0 or not np.isfinite(x).all():
        raise ValueError(f"x must be finite with shape (n,), n >= 1, got {x!r}")
    means = np.empty(len(x))
    w = 0.0  # any start will do: the first step is 1 and forgets it
    for k, sample in enumerate(x, start=1):
        w -= w / k - sample / k  # the difference of large numbers could overflow
        means[k - 1] = w
    return means
    # --8<-- [end:incremental_mean]


# --8<-- [start:sgd_mean]
def sgd_mean(x: ArrayLike, batch: int, alpha: Steps, w0: ArrayLike = 0.0) -> ndarray:
    """Descends J(w) = E |w - X|^2 / 2 along mini-batch gradients w - mean(batch).

    Takes the samples in the given order, each once; those that do not fill a last
    batch are left out.

    Args:
        x: samples, shape (n,) or (n, d), finite.
        batch: samples per step, 1 <= batch <= n.
        alpha: step size, > 0: a function of k = 1, 2, ... or a number.
        w0: the start, a number or of shape (d,).

    Returns:
        The start and all iterates, shape (n // batch + 1,) or (n // batch + 1, d).

    Raises:
        ValueError: if x or w0 is not as above, if batch is not an integer from 1 to n,
            or if a step size is not finite and > 0; if an iterate overflows.
    """
    x = np.asarray(x, dtype=float)
    if x.ndim not in (1, 2) or 0 in x.shape or not np.isfinite(x).all():
        raise ValueError(f"x must be finite with shape (n,) or (n, d), got {x!r}")
    batch = _integer(f"batch must be an integer from 1 to {len(x)}", batch, 1, len(x))
    w0 = np.asarray(w0, dtype=float)
    if w0.shape not in ((), x.shape[1:]) or not np.isfinite(w0).all():
        raise ValueError(f"w0 must be finite, a number or of shape (d,), got {w0!r}")
    history = np.empty((len(x) // batch + 1, *x.shape[1:]))
    history[0] = w0
    for k in range(1, len(history)):
        with np.errstate(over="ignore", invalid="ignore"):  # reported below
            gradient = history[k - 1] - x[(k - 1) * batch : k * batch].mean(axis=0)
            history[k] = history[k - 1] - _step_size(alpha, k) * gradient
        if not np.isfinite(history[k]).all():
            raise ValueError(
                f"diverged at step {k}: w must be finite, got {history[k]}"
            )
    return history
    # --8<-- [end:sgd_mean]


def _step_size(steps: Steps, k: int) -> float:
    """The k-th step size, k >= 1.

    Raises:
        ValueError: if it is not a finite number > 0.
    """
    a = steps(k) if callable(steps) else steps
    if not isinstance(a, Real) or not 0 < a < float("inf"):
        raise ValueError(f"step size must be finite and > 0, got {a!r} at k = {k}")
    return float(a)


def _integer(wanted: str, value: int, least: int, most: float = math.inf) -> int:
    """The value as Python's integer; ValueError unless it is from least to most."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool | np.bool_) or not least <= number <= most:
        raise ValueError(f"{wanted}, got {value!r}")
    return number
