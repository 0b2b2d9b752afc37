"""Whitening: scores of variance 1 without correlations, in two of the many ways."""

import numpy as np

from ._checks import _centre, _dust, _number, _points, _signs


# --8<-- [start:whiten]
def whiten(X: np.ndarray, kind: str = "pca", eps: float = 0.0) -> np.ndarray:
    """Centred points, stretched so that their covariance, with n - 1, is the identity.

    ``"pca"`` gives each principal direction a coordinate, ``"zca"`` turns the result
    back: of all white points these are together the nearest to the centred ones.

    Args:
        X: points, shape (n, d), n >= 2.
        kind: "pca" or "zca".
        eps: added to each variance, >= 0, in squared units of X. With eps > 0 a
            direction of variance v comes out with v / (v + eps), and one whose
            variance is rounding with 0.

    Returns:
        Whitened points, shape (n, d).

    Raises:
        ValueError: if an argument is not as above, a number not finite or above 1e140,
            or eps is 0 and some direction has no variance beyond rounding.
    """
    X, eps = _points("X", X, rows=2), _number("eps", eps, zero=True)
    if not isinstance(kind, str) or kind not in ("pca", "zca"):
        raise ValueError(f'kind must be "pca" or "zca", got {kind!r}')
    n, d = X.shape
    centred, _ = _centre(X)
    U, s, Vt = np.linalg.svd(centred, full_matrices=False)
    s = np.where(s > _dust(s, X.shape), s, 0.0)
    if eps == 0 and (n <= d or s[-1] == 0):
        raise ValueError(
            f"every direction must vary where eps is 0, got singular values down to"
            f" {s[-1]:g} from {n} rows of {d} columns"
        )
    # The root of variance + eps, without squares: those of tiny numbers would be 0.
    scores = U * (s / np.hypot(s / np.sqrt(n - 1), np.sqrt(eps)))
    if kind == "zca":
        return scores @ Vt
    return np.pad(scores * _signs(Vt), ((0, 0), (0, d - len(s))))  # to d columns
    # --8<-- [end:whiten]
