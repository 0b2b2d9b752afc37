"""QK-norm: attention scores that cannot grow with the size of queries and keys."""

import math

import numpy as np

from ._checks import _features, _number, _size


# --8<-- [start:scores]
def qk_norm_scores(
    q: np.ndarray, k: np.ndarray, scale: float, eps: float = 1e-6
) -> np.ndarray:
    """``scale`` times the cosine of each query with each key, but for ``eps``.

    Args:
        q: float queries, shape (..., n, d).
        k: float keys, shape (..., m, d), of the same dtype; all axes but n and m agree.
        scale: largest score that is possible. The usual factor 1/sqrt(d) after
            ``rms_norm`` of both is ``scale = sqrt(d)``.
        eps: of the norm; at least 0.

    Returns:
        Scores, shape (..., n, m), with the dtype of ``q``; computed in float64.

    Raises:
        ValueError: q and k are not such arrays of finite floats, scale is no finite
            number, eps is negative, or eps is 0 and a row is zero.
    """
    queries, dtype = _features("q", q)
    keys, other = _features("k", k)
    fit = queries.ndim >= 2 and keys.ndim >= 2 and dtype == other
    same = queries.shape[:-2] == keys.shape[:-2] and queries.shape[-1] == keys.shape[-1]
    if not (fit and same):
        raise ValueError(
            "q and k must have shapes (..., n, d) and (..., m, d) and one dtype,"
            f" got {queries.shape} {dtype} and {keys.shape} {other}"
        )
    scale, eps = _number("scale", scale, -math.inf), _number("eps", eps, 0)
    queries, keys = queries / _size(queries, eps), keys / _size(keys, eps)
    cosines = queries @ keys.swapaxes(-1, -2) / queries.shape[-1]
    return (scale * cosines).astype(dtype)
    # --8<-- [end:scores]
