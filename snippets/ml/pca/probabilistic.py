"""Probabilistic PCA: a Gaussian with k long directions and round noise."""

import math

import numpy as np

from ._checks import _centre, _count, _dust, _points, _signs


# --8<-- [start:ppca]
def ppca(X: np.ndarray, k: int) -> tuple[np.ndarray, float, float]:
    """The most likely W and sigma2 of x = mean + W z + noise.

    z is standard normal in k dimensions, the noise normal with variance sigma2 in each
    of d: so x has the covariance W W^T + sigma2 I. Variances here divide by n. W is
    determined up to a rotation of its columns; these are orthogonal, longest first.

    Args:
        X: points, shape (n, d), n >= 2.
        k: dimension of z, 1 to d - 1 and at most n.

    Returns:
        W of shape (d, k); sigma2; the logarithm of the likelihood of all rows.

    Raises:
        ValueError: if an argument is not as above, a number not finite or above 1e140,
            or k directions leave no variance beyond rounding, so that sigma2 is 0.
    """
    X = _points("X", X, rows=2)
    n, d = X.shape
    if d < 2:
        raise ValueError(f"X must have at least 2 columns, as k < d, got {X.shape}")
    k = _count("k", k, most=min(n, d - 1))
    centred, _ = _centre(X)
    _, s, Vt = np.linalg.svd(centred, full_matrices=False)
    variances = s**2 / n  # those of directions beyond min(n, d) are 0
    sigma2 = float(variances[k:].sum() / (d - k))
    if s[k:].max(initial=0.0) <= _dust(s, X.shape) or sigma2 == 0:
        raise ValueError(f"sigma2 must be above 0, got no variance beyond k={k}")
    lengths = np.sqrt(np.maximum(variances[:k] - sigma2, 0.0))
    W = (Vt[:k] * _signs(Vt[:k])[:, None]).T * lengths
    # The trace of S C^-1 is k + (d - k) = d.
    logs = np.log(variances[:k]).sum() + (d - k) * math.log(sigma2)
    return W, sigma2, float(-n / 2 * (d * math.log(2 * math.pi) + logs + d))
    # --8<-- [end:ppca]
