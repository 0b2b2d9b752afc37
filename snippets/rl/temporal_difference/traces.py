"""TD(lambda): each TD error also corrects the states that were left before it."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import episode, finite, flag, share, table


# --8<-- [start:td_lambda]
def td_lambda(
    v: ArrayLike,
    states: ArrayLike,
    rewards: ArrayLike,
    alpha: float,
    gamma: float,
    lam: float,
    traces: str = "accumulating",
    terminal: bool = True,
) -> ndarray:
    """The table after one episode of TD(lambda), updated at each step: a new array.

    Args:
        v, states, rewards, alpha, gamma, terminal: as in ``td0``.
        lam: decay of the traces in [0, 1]; 0 is TD(0).
        traces: "accumulating" adds 1 to the trace of the state that is left,
            "replacing" sets it to 1.

    Raises:
        ValueError: as in ``td0``, or if lam or traces is not as above.
    """
    v = table(v)
    states, rewards = episode(states, rewards, len(v))
    alpha, gamma = share("alpha", alpha, open_at_zero=True), share("gamma", gamma)
    lam, terminal = share("lam", lam), flag("terminal", terminal)
    if traces not in ("accumulating", "replacing"):
        wanted = "traces must be 'accumulating' or 'replacing'"
        raise ValueError(f"{wanted}, got {traces!r}")
    e, last = np.zeros_like(v), len(rewards) - 1
    with np.errstate(over="ignore", invalid="ignore"):
        for t, r in enumerate(rewards):
            s, s2 = states[t], states[t + 1]
            after = 0.0 if terminal and t == last else v[s2]
            delta = r + gamma * after - v[s]
            e *= gamma * lam
            e[s] = e[s] + 1 if traces == "accumulating" else 1
            v += alpha * delta * e
    return finite(v)
    # --8<-- [end:td_lambda]
