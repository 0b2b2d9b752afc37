"""Principal components, scores, and how much of the variance each explains."""

import numpy as np

from ._checks import _axes, _centre, _count, _points, _signs


# --8<-- [start:fit]
def pca_fit(
    X: np.ndarray, k: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The k orthonormal directions of largest variance, by the singular values.

    The largest entry, by size, of each component is positive; of entries that tie, the
    first. Equal variances leave their components undetermined: any rotation of them
    is as good.

    Args:
        X: points, shape (n, d), n >= 2.
        k: number of directions, 1 to min(n, d). None means min(n - 1, d), since n
            centred points span no more.

    Returns:
        The mean, shape (d,); components, the rows of shape (k, d); their variances in
        falling order, shape (k,), with n - 1.

    Raises:
        ValueError: if ``X`` or ``k`` is not as above, or a number not finite or above
            1e140.
    """
    X = _points("X", X, rows=2)
    n, d = X.shape
    k = min(n - 1, d) if k is None else _count("k", k, most=min(n, d))
    centred, mean = _centre(X)
    _, s, Vt = np.linalg.svd(centred, full_matrices=False)
    components = Vt[:k] * _signs(Vt[:k])[:, None]
    return mean, components, s[:k] ** 2 / (n - 1)
    # --8<-- [end:fit]


# --8<-- [start:transform]
def pca_transform(
    X: np.ndarray, mean: np.ndarray, components: np.ndarray
) -> np.ndarray:
    """Scores: coordinates of points along the components, seen from the mean.

    Args:
        X: points, shape (n, d), n >= 1; they need not be those of the fit.
        mean: of the fit, shape (d,).
        components: orthonormal rows, shape (k, d).

    Returns:
        Scores, shape (n, k).

    Raises:
        ValueError: if a shape is not as above, or a number not finite or above 1e140.
    """
    X = _points("X", X, rows=1)
    mean, components = _axes(mean, components)
    if X.shape[1] != len(mean):
        raise ValueError(f"X must have {len(mean)} columns, got shape {X.shape}")
    return (X - mean) @ components.T


def pca_inverse(Z: np.ndarray, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """The points in the plane of the components that have these scores.

    Args:
        Z: scores, shape (n, k), n >= 1.
        mean: of the fit, shape (d,).
        components: orthonormal rows, shape (k, d).

    Returns:
        Points, shape (n, d).

    Raises:
        ValueError: if a shape is not as above, or a number not finite or above 1e140.
    """
    Z = _points("Z", Z, rows=1)
    mean, components = _axes(mean, components)
    if Z.shape[1] != len(components):
        raise ValueError(f"Z must have {len(components)} columns, got shape {Z.shape}")
    return mean + Z @ components
    # --8<-- [end:transform]


# --8<-- [start:ratio]
def explained_ratio(X: np.ndarray) -> np.ndarray:
    """The share of the total variance along each principal direction.

    Args:
        X: points, shape (n, d), n >= 2, not all equal.

    Returns:
        Shares in falling order, shape (min(n - 1, d),); they add up to 1.

    Raises:
        ValueError: if ``X`` is not as above, or a number not finite or above 1e140.
    """
    X = _points("X", X, rows=2)
    n, d = X.shape
    centred, _ = _centre(X)
    largest = np.abs(centred).max()
    if largest == 0:
        raise ValueError(f"the rows of X must not all be equal, got {X[0]} in each")
    # Divided by the largest first: squares of tiny numbers would be 0.
    s = np.linalg.svd(centred / largest, compute_uv=False)[: min(n - 1, d)]
    return s**2 / (s**2).sum()
    # --8<-- [end:ratio]
