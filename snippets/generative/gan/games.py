"""Two games small enough to solve: x times y, and a generator of a single point."""

import math
from collections.abc import Sequence

import numpy as np

from ._checks import _choice, _count, _number, _point

METHODS = ("simultaneous", "alternating", "extragradient")


# --8<-- [start:bilinear]
def bilinear_game(
    method: str, steps: int, rate: float, start: Sequence[float] = (1, 1)
) -> np.ndarray:
    """Points of the game in which x makes x y small and y makes it large.

    Args:
        method: "simultaneous"; "alternating", where x moves first; "extragradient",
            where both move by the slopes at the point that they would go to.
        steps: how many, >= 0.
        rate: size of a step, > 0.
        start: x and y.

    Returns:
        float64 of shape (steps + 1, 2), the start first. Beyond float64: inf, NaN.

    Raises:
        ValueError: if an argument is not allowed.
    """
    method = _choice("method", method, METHODS)
    steps, rate = _count("steps", steps, 0), _number("rate", rate, zero=False)
    x, y = _point("start", start)
    points = [(x, y)]
    for _ in range(steps):
        if method == "alternating":
            x = x - rate * y
            y = y + rate * x  # the new x
        else:
            u, v = x, y  # where the slopes are taken: by x it is v, by y it is u
            if method == "extragradient":
                u, v = x - rate * y, y + rate * x
            x, y = x - rate * v, y + rate * u
        points.append((x, y))
    return np.array(points)
    # --8<-- [end:bilinear]


# --8<-- [start:dirac]
def dirac_gan_eigenvalues(gamma: float) -> np.ndarray:
    """Eigenvalues of the Dirac-GAN's flow at its equilibrium, with R1 of weight gamma.

    Data are the point 0, the generator makes the point theta, the logit of x is psi x.
    At (theta, psi) = (0, 0) the Jacobian of the flow is [[0, ½], [-½, -gamma]].

    Args:
        gamma: >= 0; the loss of the discriminator has the term gamma / 2 psi².

    Returns:
        complex128 of shape (2,), the one with the larger real or imaginary part first.

    Raises:
        ValueError: if gamma is not a finite number >= 0.
    """
    half = _number("gamma", gamma, zero=True) / 2
    if half < 0.5:
        turn = math.sqrt((0.5 - half) * (0.5 + half))
        return np.array([complex(0.0 - half, turn), complex(0.0 - half, -turn)])
    fast = -half - math.sqrt(half - 0.5) * math.sqrt(half + 0.5)
    return np.array([0.25 / fast, fast], complex)  # their product is ¼
    # --8<-- [end:dirac]
