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
        ValueError: if the shapes disagree, rows of P are not chances, R or
            R / (1 - gamma) is not finite, or an argument is not as above.
    """
    P, R = _check_model(P, R)
    _check(gamma)
    largest = float(np.abs(R).max())
    if largest > np.finfo(float).max * (1 - gamma):
        wanted = "R / (1 - gamma) must be finite"
        raise ValueError(f"{wanted}, got {largest:g} / (1 - {gamma})")
    best, last = np.zeros(len(P), dtype=int), None
    for _ in range(1000 + R.size):
        pi = epsilon_soft(np.eye(R.shape[1])[best], eps)
        P_pi, r_pi = np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)
        v = _solve(np.eye(len(P)) - gamma * P_pi, r_pi)
        q = R + gamma * P @ v
        better = _improved(q, best)
        now = v, _solve(np.eye(len(P)) - gamma * P_pi, (pi * np.abs(R)).sum(axis=1))
        stuck = last is not None and not _rises(*last, *now)
        if stuck or np.array_equal(better, best):
            return v, q
        best, last = better, now
    raise ValueError(f"a policy must be kept at last, got {1000 + R.size} in a row")
    # --8<-- [end:optimum]


def _solve(A: ndarray, r: ndarray) -> ndarray:
    """Solution of A v = r by elimination without pivots, which I - gamma P never needs.

    What is 0 stays 0 this way: a value depends on no reward that its state cannot
    reach, however large. LAPACK's pivots would mix their rounding into it.
    """
    A, v = A.copy(), np.array(r, dtype=float)
    for k in range(len(v)):
        share = A[k + 1 :, k] / A[k, k]
        A[k + 1 :, k + 1 :] -= share[:, None] * A[k, k + 1 :]
        v[k + 1 :] -= share * v[k]
    for k in reversed(range(len(v))):
        v[k] = (v[k] - A[k, k + 1 :] @ v[k + 1 :]) / A[k, k]
    return v


def _rises(old: ndarray, old_size: ndarray, new: ndarray, new_size: ndarray) -> bool:
    """Whether a better policy explains the change of values, and not rounding alone.

    In exact numbers no value falls. Each entry is measured by the size of what is added
    up in it: a rise that is no larger than another's fall is rounding like it.
    """
    size = np.maximum(old_size, new_size)
    change = np.divide(new - old, size, out=np.zeros_like(new), where=size > 0)
    return bool(change.max() > -change.min())
