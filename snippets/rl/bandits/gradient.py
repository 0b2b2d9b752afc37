"""A gradient bandit: preferences instead of estimated means."""

import numpy as np

from ._checks import _integer, _number, _row


# --8<-- [start:gradient]
def gradient_bandit_step(
    h: np.ndarray, a: int, r: float, baseline: float, alpha: float
) -> np.ndarray:
    """One step uphill on the expected reward, from one pull.

    Args:
        h: shape (k,), preferences; arm i is pulled with probability softmax(h)[i].
        a: the arm that was pulled.
        r: its reward.
        baseline: what the reward is compared with; not a function of ``a`` and ``r``.
        alpha: step size, > 0.

    Returns:
        New preferences, float64 of shape (k,).

    Raises:
        ValueError: if h is empty, a is no arm, alpha is not above 0, or a number is not
            finite, here or in the result.
    """
    h = _row("h", h, -np.inf, np.inf)
    a = _integer("a", a, 0, len(h) - 1)
    r, baseline = _number("r", r, -np.inf), _number("baseline", baseline, -np.inf)
    alpha = _number("alpha", alpha, 0, open_=True)
    with np.errstate(over="ignore"):  # a difference beyond float64 has probability 0
        weights = np.exp(h - h.max())
    direction = -weights / weights.sum()
    direction[a] += 1
    with np.errstate(over="ignore", invalid="ignore"):
        moved = h + alpha * (r - baseline) * direction
    if not np.isfinite(moved).all():
        raise ValueError(f"want preferences that float64 can hold, got {moved}")
    return moved
    # --8<-- [end:gradient]
