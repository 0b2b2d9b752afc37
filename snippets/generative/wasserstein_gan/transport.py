"""Transport on a line, by distribution functions, and of Gaussians, by a formula.

A sample stands for the law that gives its points their weights, equal ones if none are
given. Weights are divided by their sum.
"""

import math
from typing import Any

import numpy as np

from ._checks import _covariance, _row, _weights


# --8<-- [start:line]
def wasserstein_1d(
    x: np.ndarray,
    y: np.ndarray,
    x_weights: np.ndarray | None = None,
    y_weights: np.ndarray | None = None,
) -> float:
    """W1 of two samples: the area between their distribution functions.

    Args:
        x: shape (n,), n >= 1, in any order.
        y: shape (m,), m >= 1.
        x_weights: shape (n,), >= 0, not all 0; equal ones if None.
        y_weights: shape (m,), likewise.

    Raises:
        ValueError: if an argument is not so, or the points lie beyond float64 apart.
    """
    points, heights = _steps(x, y, x_weights, y_weights)
    return float(np.diff(points) @ abs(heights))


def optimal_critic_1d(
    x: np.ndarray,
    y: np.ndarray,
    x_weights: np.ndarray | None = None,
    y_weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """A function f of slope at most 1 whose mean over x less that over y is W1.

    Its slope is 1 where y has more mass so far, -1 where x has, 0 where they are even.

    Args:
        x: as for ``wasserstein_1d``.
        y: likewise.
        x_weights: likewise.
        y_weights: likewise.

    Returns:
        The distinct points in order, and f there, 0 at the first: float64 both.
        Between the points f is linear.

    Raises:
        ValueError: as ``wasserstein_1d``.
    """
    points, heights = _steps(x, y, x_weights, y_weights)
    values = np.append(0.0, np.cumsum(-np.sign(heights) * np.diff(points)))
    return points, values + 0.0  # no -0.0


def _steps(x: Any, y: Any, of_x: Any, of_y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Distinct points in order, and F - G from each to the next."""
    x, y = _row("x", x), _row("y", y)
    a, b = _weights("x_weights", of_x, x), _weights("y_weights", of_y, y)
    points, at = np.unique(np.concatenate([x, y]), return_inverse=True)
    if not math.isfinite(float(points[-1]) - float(points[0])):
        raise ValueError(f"points must lie within float64, got {points[[0, -1]]}")
    so_far_x = np.bincount(at[: len(x)], a, len(points)).cumsum()
    so_far_y = np.bincount(at[len(x) :], b, len(points)).cumsum()
    total_x, total_y = so_far_x[-1], so_far_y[-1]
    # Divided last: integer weights, and equal ones, are then compared without rounding.
    heights = so_far_x * total_y - so_far_y * total_x
    return points, heights[:-1] / (total_x * total_y)
    # --8<-- [end:line]


# --8<-- [start:gaussian]
def gaussian_w2(
    m1: np.ndarray, C1: np.ndarray, m2: np.ndarray, C2: np.ndarray
) -> float:
    """W2 of two normal laws: the distance, not its square.

    With roots A, B of the covariances, what they add to its square is the least squared
    length of A - B U over all orthogonal U: a form in which nothing cancels.

    Args:
        m1: mean, shape (d,).
        C1: covariance, shape (d, d); singular ones are legal.
        m2: as m1.
        C2: as C1.

    Raises:
        ValueError: if a shape is another, or a covariance is not symmetric or has an
            eigenvalue below 0, by more than 1e-6 of its largest number.
    """
    m1, m2 = _row("m1", m1), _row("m2", m2)
    if len(m1) != len(m2):
        raise ValueError(f"m1 and m2 must have one length, got {len(m1)}, {len(m2)}")
    C1, C2 = _covariance("C1", C1, len(m1)), _covariance("C2", C2, len(m1))
    largest = max(abs(C1).max(), abs(C2).max()) or 1.0
    a, b = _root(C1 / largest), _root(C2 / largest)
    p, _, q = np.linalg.svd(b @ a)
    spread = math.sqrt(largest) * float(np.linalg.norm(a - b @ (p @ q)))
    return math.hypot(*(float(s) - float(t) for s, t in zip(m1, m2)), spread)


def _root(c: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(c / 2 + c.T / 2)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    # --8<-- [end:gaussian]
