"""The best that a policy can do that must explore: from the model, with no sample."""

import numpy as np
from numpy import ndarray

from .control import _check, _improved
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
        gamma: discount rate in [0, 1).
        eps: chance of a random action, in [0, 1]; 0 gives the optimum itself.

    Returns:
        v, shape (S,), of the best policy that explores so; q, shape (S, A), of one
        action followed by that policy.

    Raises:
        ValueError: if the shapes disagree or an argument is not as above.
    """
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape != (*R.shape, len(P)) or 0 in P.shape:
        raise ValueError(f"P, R must be (S, A, S), (S, A), got {P.shape}, {R.shape}")
    _check(gamma)
    best, total = np.zeros(len(P), dtype=int), -np.inf
    while True:
        pi = epsilon_soft(np.eye(R.shape[1])[best], eps)
        P_pi, r_pi = np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)
        v = np.linalg.solve(np.eye(len(P)) - gamma * P_pi, r_pi)
        q = R + gamma * P @ v
        # The sum rises with each better policy, and rounding cannot keep it rising.
        if v.sum() <= total:
            return v, q
        best, total = _improved(q, best), v.sum()
    # --8<-- [end:optimum]
