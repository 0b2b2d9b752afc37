"""Sequential minimal optimisation: the two multipliers that violate most, in turn."""

import numpy as np

from ._checks import _array, _finite, _integer, _labels, _positive, _square

FLAT = 1e-12  # of K_ii + K_jj: below it, a curvature is what rounding left


# --8<-- [start:smo]
def smo(
    K: np.ndarray,
    y: np.ndarray,
    C: float = 1.0,
    tol: float = 1e-6,
    max_iter: int = 100_000,
) -> tuple[np.ndarray, float]:
    """Multipliers, shape (n,), that maximise the dual, and the intercept.

    Without a multiplier strictly between 0 and C, an interval of intercepts is optimal,
    and its midpoint is returned.

    Args:
        K: kernel matrix of the training points, shape (n, n). Where it is not positive
            semidefinite, the result may be no maximum.
        y: labels, -1 or 1, shape (n,), both of which occur.
        C: upper bound of the multipliers, above 0.
        tol: stop when the labels of no two points ask for intercepts that differ by
            more than this; above 0.
        max_iter: most rounds, at least 1; each is a pair, or F computed afresh.

    Raises:
        ValueError: if an argument is not allowed, or ``max_iter`` is too small.
    """
    y = _array("y", y, 1)
    y, K = _labels(y, len(y)), _square(K, len(y))
    if abs(y.sum()) == len(y):
        raise ValueError(f"y must have both labels, got only {y[0]}")
    C, tol = _positive("C", C), _positive("tol", tol)
    _finite("C", float(2 * len(y) * np.abs(K).max()) * C)  # no F can overflow
    alpha, F = np.zeros(len(y)), y
    fresh = True  # whether F is new, or was updated with a rounding at each step
    for _ in range(_integer("max_iter", max_iter, 1)):
        up = np.where(y > 0, alpha < C, alpha > 0)  # where alpha * y may grow
        down = np.where(y > 0, alpha > 0, alpha < C)
        i = np.where(up, F, -np.inf).argmax()
        j = np.where(down, F, np.inf).argmin()
        if F[i] - F[j] <= tol:
            if fresh:
                free = up & down
                b = F[free].mean() if free.any() else (F[i] + F[j]) / 2
                return alpha, float(b)
            F, fresh = y - K @ (alpha * y), True
            continue
        curvature = K[i, i] + K[j, j] - 2 * K[i, j]
        flat = curvature <= FLAT * abs(K[i, i] + K[j, j])
        free_step = np.inf if flat else (F[i] - F[j]) / curvature
        room_i = C - alpha[i] if y[i] > 0 else alpha[i]
        room_j = alpha[j] if y[j] > 0 else C - alpha[j]
        t = min(free_step, room_i, room_j)
        # At a bound the bound itself, not what rounding makes of it.
        alpha[i] = max(y[i], 0) * C if t == room_i else alpha[i] + y[i] * t
        alpha[j] = max(-y[j], 0) * C if t == room_j else alpha[j] - y[j] * t
        F, fresh = F - t * (K[:, i] - K[:, j]), False
    raise ValueError(f"max_iter must be enough to converge, got {max_iter}")
    # --8<-- [end:smo]
