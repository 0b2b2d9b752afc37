"""Two kernels: inner products of features that are never written down."""

import numpy as np

from ._checks import _array, _integer, _positive, _real


# --8<-- [start:kernels]
def rbf_kernel(A: np.ndarray, B: np.ndarray, gamma: float) -> np.ndarray:
    """exp(-gamma times the squared distance) of each row of A and each of B, (m, n).

    Args:
        A: points, shape (m, d).
        B: points, shape (n, d).
        gamma: above 0; one over a squared length.

    Raises:
        ValueError: if an argument is not allowed.
    """
    A, B = _rows(A, B)
    squared = np.zeros((len(A), len(B)))
    for a, b in zip(A.T, B.T, strict=True):
        # Differences, not norms less a product: these lose all digits far from 0.
        squared += np.subtract.outer(a, b) ** 2
    with np.errstate(over="ignore"):  # infinitely far apart: 0
        return np.exp(-_positive("gamma", gamma) * squared)


def poly_kernel(
    A: np.ndarray, B: np.ndarray, degree: int = 2, coef0: float = 1.0
) -> np.ndarray:
    """(coef0 + inner product) ** degree of each row of A and each of B, (m, n).

    Args:
        A: points, shape (m, d).
        B: points, shape (n, d).
        degree: at least 1; with ``coef0`` 0 it is 1 for plain inner products.
        coef0: below 0 the result need not be an inner product of anything.

    Raises:
        ValueError: if an argument is not allowed, or the powers overflow.
    """
    A, B = _rows(A, B)
    power = _real("degree", _integer("degree", degree, 1))
    with np.errstate(over="ignore"):
        K = (_real("coef0", coef0) + A @ B.T) ** power
    if not np.isfinite(K).all():
        raise ValueError(f"degree must leave the powers finite, got {degree}")
    return K
    # --8<-- [end:kernels]


def _rows(A: np.ndarray, B: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    A, B = _array("A", A, 2), _array("B", B, 2)
    if A.shape[1] != B.shape[1]:
        raise ValueError(
            f"A and B must have equally many columns, got {A.shape} and {B.shape}"
        )
    return A, B
