"""Robbins-Monro: steps against noisy values of g lead to its root.

w_{k+1} = w_k - a_k (g(w_k) + eta_k), with k = 1, 2, ... and E[eta_k] = 0 whatever
happened before. w may be an array: its entries are then independent runs, or the
coordinates of a vector if g mixes them.

Reference:
    Robbins, Monro, doi:10.1214/aoms/1177729586.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike

from .mean import Steps, _integer, _step_size

Noise = Callable[[Generator, tuple[int, ...]], ndarray] | float


# --8<-- [start:robbins_monro]
def robbins_monro(
    g: Callable[[ndarray], ndarray],
    w0: ArrayLike,
    steps: Steps,
    n: int,
    noise: Noise,
    rng: Generator,
    projection: Callable[[ndarray], ndarray] | None = None,
    blowup: float = 1e6,
) -> ndarray:
    """Makes n steps against noisy values of g and returns the whole path.

    Args:
        g: increasing function of an array of the shape of w0, elementwise or not.
        w0: the start, which the formulas call w_1; a number or an array.
        steps: a_k > 0 as a function of k = 1, 2, ..., or a number.
        n: number of steps, >= 0.
        noise: standard deviation of normal noise, >= 0, or a function of the generator
            and a shape that draws the noise.
        rng: generator of the noise.
        projection: applied to each new iterate, for instance to keep it in an interval.
        blowup: largest size a new iterate may have; infinite ones are refused always.

    Returns:
        Shape (n + 1, *shape of w0); the first entry is w0.

    Raises:
        ValueError: if an argument is not as above; if an iterate exceeds ``blowup``.
    """
    n = _integer("n must be an integer >= 0", n, 0)
    if not callable(noise) and not 0 <= noise < math.inf:
        raise ValueError(f"noise must be a function or finite and >= 0, got {noise}")
    if not blowup > 0:
        raise ValueError(f"blowup must be > 0, got {blowup}")
    w = np.asarray(w0, dtype=float)
    if not np.isfinite(w).all():
        raise ValueError(f"w0 must be finite, got {w}")
    history = np.empty((n + 1, *w.shape))
    history[0] = w
    for k in range(1, n + 1):
        # Drawn even at scale 0, so that the stream does not depend on the scale.
        drawn = noise(rng, w.shape) if callable(noise) else rng.normal(size=w.shape)
        eta = drawn if callable(noise) else noise * drawn
        with np.errstate(over="ignore", invalid="ignore"):  # reported below
            w = w - _step_size(steps, k) * (g(w) + eta)
        if projection is not None:
            w = projection(w)
        if np.shape(w) != history.shape[1:]:
            wanted = f"g, noise and projection must keep shape {history.shape[1:]}"
            raise ValueError(f"{wanted}, got {np.shape(w)}")
        largest = np.abs(w).max(initial=0)
        if not largest <= blowup or largest == math.inf:  # true for NaN as well
            raise ValueError(
                f"diverged at step {k}: |w| must stay <= {blowup:g}, got {largest:g}"
            )
        history[k] = w
    return history
    # --8<-- [end:robbins_monro]


# --8<-- [start:step_conditions]
def step_conditions(alpha_fn: Steps, n: int) -> tuple[float, float]:
    """Sums of the first n step sizes and of their squares.

    The first has to grow without bound, the second to converge; n terms can hint at
    that but never prove it.

    Raises:
        ValueError: if n is not an integer >= 0, or a step size not finite and > 0.
    """
    n = _integer("n must be an integer >= 0", n, 0)
    alphas = [_step_size(alpha_fn, k) for k in range(1, n + 1)]
    return math.fsum(alphas), math.fsum(a * a for a in alphas)
    # --8<-- [end:step_conditions]
