"""Two states valued w and 2w: here a frozen copy slows divergence, and no more.

Reference: Tsitsiklis, Van Roy, "Feature-Based Methods for Large Scale Dynamic
Programming", Machine Learning 22, 1996, doi:10.1007/BF00114724.
"""

import numpy as np
from numpy import ndarray

from ._checks import bounded, integer, positive, share


# --8<-- [start:weights]
def two_state_weights(
    gamma: float, target_period: int, updates: int, alpha: float = 0.1
) -> ndarray:
    """The weight w, from 1 on, if two states are valued w and 2w and both lead to 2w.

    Nothing is paid, so the right w is 0. Each update sees both states.

    Args:
        gamma: discount factor in [0, 1].
        target_period: updates until the copy is renewed, >= 1.
        updates: how many, >= 0.
        alpha: step size, > 0.

    Returns:
        Shape (updates + 1,).

    Raises:
        ValueError: if an argument is not as above, or w overflows.
    """
    gamma, alpha = share("gamma", gamma), positive("alpha", alpha)
    period = integer("target_period", target_period, 1)
    w = np.ones(integer("updates", updates, 0) + 1)
    frozen = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(len(w) - 1):
            y = gamma * 2 * frozen  # the target of both states
            w[t + 1] = w[t] + alpha * (1 * (y - w[t]) + 2 * (y - 2 * w[t]))
            if (t + 1) % period == 0:
                frozen = w[t + 1]
    return bounded("w", w)
    # --8<-- [end:weights]
