"""Columns in which Newton's equations are well conditioned, and the way back."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Design:
    """Logits are ``basis @ a``, of parameters ``a`` of shape (m,) or (m, k).

    Attributes:
        basis: shape (n, m).
        penalty: weight of each squared parameter, times 1/2, in the loss, shape (m,).
        back: takes ``a`` to features: shape (d + 1, m), the centred intercept last.
        centre: taken off the features, shape (d,).
    """

    basis: np.ndarray
    penalty: np.ndarray
    back: np.ndarray
    centre: np.ndarray

    def weights(self, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights, shape (d,) or (d, k), and intercept for features as they were."""
        both = self.back @ a
        return both[:-1], both[-1] - self.centre @ both[:-1]


def middle(X: np.ndarray) -> np.ndarray:
    """The mean of each column; of a constant one its value, not off by a rounding."""
    return np.where(X.min(0) == X.max(0), X[0], X.mean(0))


# --8<-- [start:design]
def design(X: np.ndarray, lam: float) -> Design:
    """Centred features and a column of ones, or an orthonormal basis of these.

    Centring changes no fit, since the intercept takes it up, and keeps the digits of
    features far from 0. Where ``lam`` is 0, any basis of the columns will do.
    """
    centre = middle(X)
    A = np.column_stack([X - centre, np.ones(len(X))])
    d = X.shape[1]
    if lam:
        penalty = np.append(np.full(d, lam), 0.0)
        return Design(A, penalty, np.eye(d + 1), centre)
    unit = np.abs(A).max(0)
    unit[unit == 0] = 1
    U, sizes, rows = np.linalg.svd(A / unit, full_matrices=False)
    rank = (sizes > sizes[0] * max(A.shape) * np.finfo(float).eps).sum()
    with np.errstate(over="ignore"):
        back = (rows[:rank].T / sizes[:rank]) / unit[:, None]
    if not np.isfinite(back).all():
        raise ValueError(f"X must spread enough for finite weights, got {unit[:-1]}")
    if rank <= d:  # of all weights with these logits, those of least norm
        row_space, _ = np.linalg.qr(rows[:rank].T * unit[:, None])
        back = row_space @ (row_space.T @ back)
    return Design(U[:, :rank], np.zeros(rank), back, centre)
    # --8<-- [end:design]
