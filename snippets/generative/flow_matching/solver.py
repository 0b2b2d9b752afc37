"""Follow a velocity from noise to data, in steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._checks import _array, _count, _name, _same_shape

METHODS = ("euler", "midpoint", "heun")


def integrate(
    velocity: Callable[[np.ndarray, float], np.ndarray],
    x: np.ndarray,
    steps: int,
    method: str = "euler",
) -> np.ndarray:
    """Where points end that follow the velocity from time 0 to time 1.

    Args:
        velocity: of points, the shape of ``x``, and a time; gives the same shape.
        x: where they start, any shape.
        steps: of equal length, 1 to 1,000,000.
        method: "euler" asks for one velocity a step, "midpoint" and "heun" for two;
            "heun" alone asks for one at time 1.

    Returns:
        The shape of ``x``.

    Raises:
        ValueError: if an argument is not as above, or a point or a velocity is not
            finite or above 1e50 in size.
    """
    x = _array("x", x)
    steps, method = _count("steps", steps), _name("method", method, METHODS)
    h = 1 / steps

    def at(x: np.ndarray, t: float) -> np.ndarray:
        return _same_shape("velocity(x, t)", velocity(x.copy(), t), "x", x)

    # --8<-- [start:loop]
    for k in range(steps):
        v = at(x, k / steps)
        if method == "midpoint":
            v = at(x + h / 2 * v, (k + 0.5) / steps)
        elif method == "heun":
            v = (v + at(x + h * v, (k + 1) / steps)) / 2
        x = _array("a point on the way", x + h * v)
    # --8<-- [end:loop]
    return x
