"""Why the iterates converge, and how far from the root they still are.

Dvoretzky's process is the error of such an iteration; the variances are what is left of
it after many steps.

References:
    Chung, doi:10.1214/aoms/1177728716.
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 6.
"""

import math

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike


# --8<-- [start:dvoretzky]
def dvoretzky(
    alpha: ArrayLike, beta: ArrayLike, eta: ArrayLike, delta0: float
) -> ndarray:
    """The process Delta <- (1 - alpha_k) Delta + beta_k eta_k of Dvoretzky's theorem.

    Args:
        alpha: shape (n,), >= 0; 0 shrinks nothing.
        beta: shape (n,), >= 0.
        eta: noise, shape (n,).
        delta0: the start, which the formulas call Delta_1.

    Returns:
        Shape (n + 1,); the first entry is delta0.

    Raises:
        ValueError: if the shapes differ, a number is not finite (also one that comes
            out) or a coefficient is negative.
    """
    alpha, beta, eta = (np.asarray(a, dtype=float) for a in (alpha, beta, eta))
    if alpha.ndim != 1 or not alpha.shape == beta.shape == eta.shape:
        shapes = f"{alpha.shape}, {beta.shape}, {eta.shape}"
        raise ValueError(f"alpha, beta, eta must share one shape (n,), got {shapes}")
    for name, values in (("alpha", alpha), ("beta", beta)):
        if not (values >= 0).all() or not np.isfinite(values).all():
            raise ValueError(f"{name} must be >= 0 and finite, got {values}")
    if not np.isfinite(eta).all() or not math.isfinite(delta0):
        raise ValueError(f"eta, delta0 must be finite, got {eta}, {delta0}")
    delta = np.empty(len(alpha) + 1)
    delta[0] = delta0
    with np.errstate(over="ignore", invalid="ignore"):  # reported below
        for k in range(len(alpha)):
            delta[k + 1] = (1 - alpha[k]) * delta[k] + beta[k] * eta[k]
    if not np.isfinite(delta).all():
        first = int(np.argmin(np.isfinite(delta)))
        raise ValueError(f"Delta must stay finite, got {delta[first]} at step {first}")
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
        ValueError: if an argument is not as above, or if c * gprime <= 1/2, where the
            error of a noisy path falls more slowly than 1 / sqrt(n); if c * gprime or
            the result overflows.
    """
    _check_positive(c=c, gprime=gprime)
    if not 0 <= sigma < math.inf:
        raise ValueError(f"sigma must be finite and >= 0, got {sigma}")
    if not 0.5 < c * gprime < math.inf:
        raise ValueError(f"c * gprime must be finite and > 1/2, got {c * gprime}")
    scale = c * sigma  # its square alone could overflow
    return _finite("c^2 sigma^2 / (2 c g' - 1)", scale / (2 * c * gprime - 1) * scale)


def constant_step_variance(a: float, gprime: float, sigma: float) -> float:
    """Variance that remains for ever under a_k = a: a sigma^2 / (g' (2 - a g')).

    Exact if g is a straight line of slope gprime, else right for small a.

    Raises:
        ValueError: if a or gprime is not > 0, if sigma is not >= 0, or if
            a * gprime >= 2: then each step overshoots by no less than it corrects; if
            the result overflows.
    """
    _check_positive(a=a, gprime=gprime)
    if not 0 <= sigma < math.inf:
        raise ValueError(f"sigma must be finite and >= 0, got {sigma}")
    if a * gprime >= 2:
        raise ValueError(f"a * gprime must be < 2, got {a * gprime}")
    variance = a * sigma / gprime * (sigma / (2 - a * gprime))
    return _finite("a sigma^2 / (g' (2 - a g'))", variance)
    # --8<-- [end:variance]


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return float(value)


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be finite and > 0, got {value}")
