"""What boosting needs of a loss: its first and second derivative at each row's margin.

A *margin* is the sum of all trees, before any sigmoid.
"""

import numpy as np


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
        ValueError: if the shapes differ, or a target or the objective is not allowed.
    """
    y, margin = np.asarray(y, float), np.asarray(margin, float)
    if y.ndim != 1 or y.shape != margin.shape:
        raise ValueError(
            f"y and margin must have one shape (n,), got {y.shape} and {margin.shape}"
        )
    _check_targets(y, objective)
    if objective == "squarederror":
        return margin - y, np.ones_like(y)
    # g = p - y, written so that neither a large margin nor its 1 - p is rounded away.
    small = np.exp(-np.abs(margin))
    sign = 1 - 2 * y
    g = sign * np.where(sign * margin > 0, 1.0, small) / (1 + small)
    return g, small / (1 + small) ** 2
    # --8<-- [end:derivatives]


def _check_rounds(n_rounds: int, eta: float) -> None:
    if not isinstance(n_rounds, int | np.integer) or n_rounds < 1:
        raise ValueError(f"n_rounds must be an integer >= 1, got {n_rounds}")
    if not 0 < eta <= 1:
        raise ValueError(f"eta must be in (0, 1], got {eta}")


def _check_targets(y: np.ndarray, objective: str) -> None:
    if objective not in ("squarederror", "logistic"):
        raise ValueError(
            f"objective must be 'squarederror' or 'logistic', got {objective!r}"
        )
    if not np.isfinite(y).all():
        raise ValueError(f"y must be finite, got {y}")
    if objective == "logistic" and not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must be 0 or 1 for logistic, got {np.unique(y)}")
