"""What boosting needs of a loss: its first and second derivative at each row's margin.

A *margin* is the sum of all trees, before any sigmoid.
"""

import numpy as np

from ._checks import _derivatives, _targets


# --8<-- [start:derivatives]
def grad_hess(
    y: np.ndarray, margin: np.ndarray, objective: str = "squarederror"
) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative of each row's loss with respect to its margin.

    Args:
        y: shape (n,), targets; 0 or 1 for ``"logistic"``.
        margin: shape (n,).
        objective: ``"squarederror"``, half the squared error, or ``"logistic"``.

    Returns:
        g and h, shape (n,) each.

    Raises:
        ValueError: if the shapes differ, a margin is not finite (for the squared error:
            below 1e150 in size), or a target or the objective is not allowed.
    """
    y, margin = _targets(y, objective), np.asarray(margin, float)
    if y.ndim != 1 or y.shape != margin.shape:
        raise ValueError(
            f"y and margin must have one shape (n,), got {y.shape} and {margin.shape}"
        )
    if not np.isfinite(margin).all():
        raise ValueError(f"margin must be finite, got {margin}")
    if objective == "squarederror":
        return _derivatives("margin", margin) - y, np.ones_like(y)
    # g = p - y, written so that neither a large margin nor its 1 - p is rounded away.
    small = np.exp(-np.abs(margin))
    sign = 1 - 2 * y
    g = sign * np.where(sign * margin > 0, 1.0, small) / (1 + small)
    return g, small / (1 + small) ** 2
    # --8<-- [end:derivatives]
