"""Softmax regression, in coordinates in which the logits of a row add up to zero."""

from itertools import combinations

import numpy as np

from ._checks import _integer, _positive
from .binary import _data
from .design import design
from .newton import Derivatives, minimise
from .stable import log_softmax


# --8<-- [start:fit]
def fit_softmax(
    X: np.ndarray,
    y: np.ndarray,
    n_classes: int,
    lam: float = 0.0,
    tol: float = 1e-9,
    max_iter: int = 100,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (d, K) and intercepts (K,) of least mean cross-entropy plus penalty.

    The penalty is lam / 2 times the squared norm of the weights. Of all that give the
    same probabilities, weights and intercepts are those that add up to zero over the
    classes.

    Args:
        X: features, shape (n, d).
        y: classes 0 to K - 1, shape (n,), all of which occur.
        n_classes: K, at least 2.
        lam: at least 0.
        tol: stop when a step moves no difference of two logits by more, relative to the
            largest or 1.
        max_iter: most Newton steps, at least 1.

    Raises:
        ValueError: if an argument is not allowed, ``max_iter`` is too small, or lam = 0
            and there is no minimum, as where a plane separates a class from all others,
            or rows are so far away that float64 does not show it.
    """
    K = _integer("n_classes", n_classes, 2)
    X, y, lam = _data(X, y, lam, K)
    to = design(X, lam)
    n, m = to.basis.shape
    C = _sum_zero(K)  # (K, K - 1); the logits are basis @ a @ C.T
    right = np.arange(n), y

    def of(flat: np.ndarray) -> Derivatives:
        a = flat.reshape(m, K - 1)
        L = log_softmax(to.basis @ a @ C.T)  # (n, K)
        P = np.exp(L)
        loss = -L[right].mean() + to.penalty @ (a**2).sum(1) / 2
        residual = P.copy()
        residual[right] = 0
        residual[right] = -residual.sum(1)  # p - 1, with its digits
        gradient = to.basis.T @ residual @ C / n + to.penalty[:, None] * a
        H = np.kron(np.diag(to.penalty), np.eye(K - 1))
        for j, k in combinations(range(K), 2):  # diag p - p p', pair by pair
            apart = C[j] - C[k]
            curvature = (to.basis.T * (P[:, j] * P[:, k])) @ to.basis / n
            H += np.kron(curvature, np.outer(apart, apart))
        return loss, gradient.ravel(), H

    wrong = np.arange(K) != y[:, None]
    apart = (C[y][:, None] - C)[wrong]  # (n (K - 1), K - 1)
    rows = np.repeat(to.basis, K - 1, axis=0)
    margins = np.einsum("im,ik->imk", rows, apart).reshape(len(rows), -1)
    steps = _integer("max_iter", max_iter, 1)
    a = minimise(of, margins, m * (K - 1), _positive("tol", tol), steps, lam > 0)
    return to.weights(a.reshape(m, K - 1) @ C.T)
    # --8<-- [end:fit]


def _sum_zero(K: int) -> np.ndarray:
    """Orthonormal columns that span the vectors whose sum is 0, shape (K, K - 1)."""
    C = np.zeros((K, K - 1))
    for k in range(1, K):
        C[k, k - 1], C[:k, k - 1] = k, -1
    return C / np.sqrt((C**2).sum(0))
