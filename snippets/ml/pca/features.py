"""Kernel PCA: principal components of features that are never written down."""

import numpy as np

from ._checks import _array, _count, _signs


# --8<-- [start:kernel]
def kernel_pca(K: np.ndarray, k: int) -> np.ndarray:
    """Scores along the k largest directions in the space of the kernel's features.

    The features are centred inside: K has their inner products, and those of the
    centred ones are K minus the means of its rows and columns plus the mean of all.
    Eigenvalues that are negative or rounding count as 0, those up to 4 n eps of the
    largest entry of K: digits that a large common offset took do not come back.

    Args:
        K: kernel matrix, shape (n, n), n >= 2, symmetric up to rounding.
        k: number of directions, 1 to n.

    Returns:
        Scores, shape (n, k); the entry of largest size of each column is positive.

    Raises:
        ValueError: if an argument is not as above, or a number not finite or above
            1e140.
    """
    K = _array("K", K, 2)
    n = len(K)
    if n < 2 or K.shape != (n, n):
        raise ValueError(f"K must have shape (n, n) with n >= 2, got {K.shape}")
    if np.abs(K - K.T).max() > 1e-8 * np.abs(K).max():
        raise ValueError(
            f"K must be symmetric, got entries {np.abs(K - K.T).max():g} apart"
        )
    k = _count("k", k, most=n)
    rows = K - K.mean(axis=0)
    centred = rows - rows.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh((centred + centred.T) / 2)
    dust = 4 * n * np.finfo(float).eps * np.abs(K).max()
    values = np.where(values > dust, values, 0.0)[::-1][:k]
    vectors = vectors[:, ::-1][:, :k]
    return vectors * _signs(vectors.T) * np.sqrt(values)
    # --8<-- [end:kernel]
