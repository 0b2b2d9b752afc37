"""Causal attention of a chunk of queries that begins at any position."""

import numpy as np

from ._checks import _integer, _rows


# --8<-- [start:attention]
def causal_attention(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, offset: int = 0
) -> np.ndarray:
    """Softmax attention in which query row r sees the keys 0, 1, ..., offset + r.

    Args:
        q: queries of the tokens from position ``offset`` on, floats, shape (n, d).
        k: keys of all tokens from position 0 on, floats, shape (m, d).
        v: their values, floats, shape (m, dv).
        offset: position of the first query, from 0 to m - n.

    Returns:
        Shape (n, dv), dtype of ``q``; computed in float64. Scores are divided by the
        root of d.

    Raises:
        ValueError: an array is empty, not finite or of another shape, offset is not
            such an integer, or the dtype of q cannot hold the result.
    """
    q, k = _rows("q", q), _rows("k", k)
    v = _rows("v", v)
    (n, d), m = q.shape, len(k)
    if k.shape[1] != d or len(v) != m:
        raise ValueError(
            f"k and v must have shapes (m, {d}) and (m, dv),"
            f" got {k.shape} and {v.shape}"
        )
    first = _integer("offset", offset, 0)
    if first + n > m:
        raise ValueError(f"offset must be at most m - n = {m - n}, got {first}")

    scores = q.astype(np.float64) @ k.astype(np.float64).T / np.sqrt(d)  # (n, m)
    seen = np.arange(m) <= first + np.arange(n)[:, None]
    scores = np.where(seen, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    with np.errstate(over="ignore"):
        out = (weights @ v.astype(np.float64)).astype(q.dtype)
    if not np.isfinite(out).all():
        raise ValueError(f"want a result that {q.dtype} can hold, got a larger one")
    return out
    # --8<-- [end:attention]
