"""A network of one hidden layer, built by hand through given points."""

import numpy as np

from ._checks import Layer, _no_overflow, _numbers


# --8<-- [start:interpolator]
def relu_interpolator(x: np.ndarray, y: np.ndarray) -> list[Layer]:
    """Parameters of a ReLU network that joins the points (x, y) by straight lines.

    It is constant to the left of x[0], and keeps the last slope to the right.

    Args:
        x: places, strictly increasing, shape (m,), at least two.
        y: values, shape (m,).

    Returns:
        Two layers: (1, m - 1) and (m - 1,), then (m - 1, 1) and (1,).

    Raises:
        ValueError: if there are fewer than two points, x does not increase, or a
            slope overflows.
    """
    x, y = _numbers("x", x), _numbers("y", y)
    if x.ndim != 1 or len(x) < 2 or y.shape != x.shape:
        want = "x and y must have the same shape (m,), m >= 2"
        raise ValueError(f"{want}, got {x.shape} and {y.shape}")
    if not (np.diff(x) > 0).all():
        raise ValueError(f"x must be strictly increasing, got {x}")
    with np.errstate(over="ignore"):  # refused below
        slopes = _no_overflow("slopes", np.diff(y) / np.diff(x))
    bends = np.diff(slopes, prepend=0)  # of the slope, at x[0] ... x[m - 2]
    hidden = np.ones((1, len(bends))), -x[:-1]  # units relu(t - x[j])
    return [hidden, (bends[:, None], y[:1].copy())]
    # --8<-- [end:interpolator]
