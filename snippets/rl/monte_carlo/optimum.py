"""The best that a policy can do that must explore: from the model, with no sample."""

import numpy as np
from numpy import ndarray

from .control import _check, _improved
from .episodes import _check_model
from .exploration import epsilon_soft


# --8<-- [start:optimum]
def epsilon_soft_optimum(
    P: ndarray, R: ndarray, gamma: float, eps: float
) -> tuple[ndarray, ndarray]:
    """Best value under the duty to explore: v = (1 - eps) max q + eps mean q.

    Policy iteration among the policies ``epsilon_soft(pi, eps)``. Needs the model.

    Args:
        P: chances, shape (S, A, S).
        R: rewards, shape (S, A).
        gamma: discount factor in [0, 1).
        eps: chance of a random action, in [0, 1]; 0 gives the optimum itself.

    Returns:
        v, shape (S,), of the best policy that explores so; q, shape (S, A), of one
        action followed by that policy.

    Raises:
        ValueError: if the shapes disagree, rows of P are not chances, R is not finite,
            or an argument is not as above.
    """
    P, R = _check_model(P, R)
    _check(gamma)
    best, last = np.zeros(len(P), dtype=int), None
    for _ in range(1000 + R.size):
        pi = epsilon_soft(np.eye(R.shape[1])[best], eps)
        P_pi, r_pi = np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)
        v = _solve(np.eye(len(P)) - gamma * P_pi, r_pi)
        q = R + gamma * P @ v
        better = _improved(q, best)
        if np.array_equal(better, best) or (last is not None and not _rises(last, v)):
            return v, q
        best, last = better, v
    raise ValueError(f"a policy must be kept at last, got {1000 + R.size} in a row")
    # --8<-- [end:optimum]


def _solve(A: ndarray, r: ndarray) -> ndarray:
    """Solution of A v = r, each entry right, also beside entries 10^12 times as large.

    Elimination is right to 16 digits of the largest entry; a pass of refinement adds as
    many to those that are far smaller.
    """
    v = np.linalg.solve(A, r)
    for _ in range(5):
        change = np.linalg.solve(A, r - A @ v)
        v += change
        if (np.abs(change) <= 1e-12 * np.abs(v)).all():
            break
    return v


def _rises(old: ndarray, new: ndarray) -> bool:
    """Whether a better policy explains the change of values, and not rounding alone.

    In exact numbers no value falls. Each entry is measured by its own size: a rise that
    is no larger than another's fall is rounding like it.
    """
    size = np.maximum(np.abs(old), np.abs(new))
    change = np.divide(new - old, size, out=np.zeros_like(new), where=size > 0)
    return bool(change.max() > -change.min())
