"""Stochastic approximation: the root of g from noisy values of g alone.

Robbins-Monro: w_{k+1} = w_k - a_k (g(w_k) + eta_k), with k = 1, 2, ... and E[eta_k] = 0
whatever happened before. w may be an array: its entries are then independent runs, or
the coordinates of a vector if g mixes them.

References:
    Robbins, Monro, doi:10.1214/aoms/1177729586. Chung, doi:10.1214/aoms/1177728716.
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 6.
"""

import math
from collections.abc import Callable
from numbers import Integral

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike

from snippets.rl.stochastic_approximation_mean import Steps, step_size
from snippets.rl.stochastic_approximation_mean import (
    incremental_mean as incremental_mean,
)
from snippets.rl.stochastic_approximation_mean import sgd_mean as sgd_mean

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
        blowup: largest size an iterate may have.

    Returns:
        Shape (n + 1, *shape of w0); the first entry is w0.

    Raises:
        ValueError: if an argument is not as above; if an iterate exceeds ``blowup``.
    """
    if not isinstance(n, Integral) or n < 0:
        raise ValueError(f"n must be an integer >= 0, got {n!r}")
    if not callable(noise) and not 0 <= noise < math.inf:
        raise ValueError(f"noise must be a function or finite and >= 0, got {noise}")
    w = np.asarray(w0, dtype=float)
    history = np.empty((n + 1, *w.shape))
    history[0] = w
    for k in range(1, n + 1):
        # Drawn even at scale 0, so that the stream does not depend on the scale.
        drawn = noise(rng, w.shape) if callable(noise) else rng.normal(size=w.shape)
        eta = drawn if callable(noise) else noise * drawn
        with np.errstate(over="ignore", invalid="ignore"):  # reported below
            w = w - step_size(steps, k) * (g(w) + eta)
        if projection is not None:
            w = projection(w)
        largest = np.abs(w).max(initial=0)
        if not largest <= blowup:  # true for NaN as well
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
        ValueError: if n is not an integer >= 0, or if a step size is not > 0.
    """
    if not isinstance(n, Integral) or n < 0:
        raise ValueError(f"n must be an integer >= 0, got {n!r}")
    alphas = [step_size(alpha_fn, k) for k in range(1, n + 1)]
    return math.fsum(alphas), math.fsum(a * a for a in alphas)
    # --8<-- [end:step_conditions]


# --8<-- [start:dvoretzky]
def dvoretzky(
    alpha: ArrayLike, beta: ArrayLike, eta: ArrayLike, delta0: float
) -> ndarray:
    """The process Delta <- (1 - alpha_k) Delta + beta_k eta_k of Dvoretzky's theorem.

    Args:
        alpha: shape (n,), >= 0; 0 leaves the old value in place.
        beta: shape (n,), >= 0.
        eta: noise, shape (n,).
        delta0: the start, which the formulas call Delta_1.

    Returns:
        Shape (n + 1,); the first entry is delta0.

    Raises:
        ValueError: if the shapes differ or a coefficient is negative.
    """
    alpha, beta, eta = (np.asarray(a, dtype=float) for a in (alpha, beta, eta))
    if alpha.ndim != 1 or not alpha.shape == beta.shape == eta.shape:
        shapes = f"{alpha.shape}, {beta.shape}, {eta.shape}"
        raise ValueError(f"alpha, beta, eta must share one shape (n,), got {shapes}")
    for name, values in (("alpha", alpha), ("beta", beta)):
        if not (values >= 0).all():
            raise ValueError(f"{name} must be >= 0, got {values.min()}")
    delta = np.empty(len(alpha) + 1)
    delta[0] = delta0
    for k in range(len(alpha)):
        delta[k + 1] = (1 - alpha[k]) * delta[k] + beta[k] * eta[k]
    return delta
    # --8<-- [end:dvoretzky]


# --8<-- [start:variance]
def asymptotic_variance(c: float, gprime: float, sigma: float) -> float:
    """Limit of n E[(w_n - root)^2] under a_k = c / k: c^2 sigma^2 / (2 c g' - 1).

    Args:
        c: numerator of the step size, > 0.
        gprime: slope of g at the root, > 0.
        sigma: standard deviation of the noise at the root, >= 0.

    Raises:
        ValueError: if an argument is not as above, or if c * gprime <= 1/2: then the
            error falls more slowly than 1 / sqrt(n), and no such limit exists.
    """
    _check_positive(c=c, gprime=gprime)
    if not sigma >= 0:
        raise ValueError(f"sigma must be >= 0, got {sigma}")
    if c * gprime <= 0.5:
        raise ValueError(f"c * gprime must be > 1/2, got {c * gprime}")
    return c**2 * sigma**2 / (2 * c * gprime - 1)


def constant_step_variance(a: float, gprime: float, sigma: float) -> float:
    """Variance that remains for ever under a_k = a: a sigma^2 / (g' (2 - a g')).

    Exact if g is a straight line of slope gprime, else right for small a.

    Raises:
        ValueError: if a or gprime is not > 0, if sigma is not >= 0, or if
            a * gprime >= 2: then each step overshoots by more than it corrects.
    """
    _check_positive(a=a, gprime=gprime)
    if not sigma >= 0:
        raise ValueError(f"sigma must be >= 0, got {sigma}")
    if a * gprime >= 2:
        raise ValueError(f"a * gprime must be < 2, got {a * gprime}")
    return a * sigma**2 / (gprime * (2 - a * gprime))
    # --8<-- [end:variance]


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be finite and > 0, got {value}")
