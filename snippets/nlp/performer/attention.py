"""Attention by random features, in linear time: sums over the keys, chunk by chunk.

Axes, in shapes: t token of a query, s token of a key, d feature of a head, v feature
of a value, m random direction, c position inside a chunk; ``...`` batch and head.

Reference:
    Choromanski et al., "Rethinking Attention with Performers", ICLR 2021,
    arXiv:2009.14794.
"""

import torch
from torch import Tensor

from .features import positive_features


# --8<-- [start:attention]
def favor_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    W: Tensor,
    causal: bool = False,
    chunk_size: int = 128,
) -> Tensor:
    """Attention with weights from positive features; no t x s matrix is formed.

    Args:
        q: shape (..., t, d), not yet scaled.
        k: shape (..., s, d); s = t if causal.
        v: shape (..., s, v).
        W: random directions, shape (m, d), the same for all queries and keys.
        causal: token i sees tokens j <= i only.
        chunk_size: tokens whose weights are held at once; used if causal.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or dtypes disagree, an axis is empty, a number is not
            finite, chunk_size is below 1, or the weights of a query underflow.
    """
    _check_attention(q, k, v, causal, chunk_size)
    root = q.shape[-1] ** -0.25  # on both sides: the scores are q . k / sqrt(d)
    phi_q = positive_features(root * q, W, stabilize="query")
    phi_k = positive_features(root * k, W, stabilize="key")
    # A column of ones beside the values adds up the weights in the same products.
    v = torch.cat([v, torch.ones_like(v[..., :1])], dim=-1)
    if causal:
        sums = _causal_sums(phi_q, phi_k, v, chunk_size)
    else:
        sums = phi_q @ (phi_k.mT @ v)
    if (sums[..., -1] == 0).any():
        raise ValueError(
            f"the weights of a query underflow in {q.dtype}: norms too big"
        )
    return sums[..., :-1] / sums[..., -1:]


def _causal_sums(phi_q: Tensor, phi_k: Tensor, v: Tensor, chunk_size: int) -> Tensor:
    state = phi_k.new_zeros(*phi_k.shape[:-2], phi_k.shape[-1], v.shape[-1])
    outputs = []
    chunks = (x.split(chunk_size, dim=-2) for x in (phi_q, phi_k, v))
    for q, k, values in zip(*chunks):
        weights = (q @ k.mT).tril()  # (..., c, c): inside the chunk
        outputs.append(weights @ values + q @ state)
        state = state + k.mT @ values  # (..., m, v + 1): all earlier chunks
    return torch.cat(outputs, dim=-2)
    # --8<-- [end:attention]


def _check_attention(
    q: Tensor, k: Tensor, v: Tensor, causal: bool, chunk_size: int
) -> None:
    tensors = (q, k, v)
    agree = all(x.ndim >= 2 and x.shape[:-2] == q.shape[:-2] for x in tensors)
    agree = agree and q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2]
    if not agree or 0 in v.shape or (causal and q.shape[-2] != k.shape[-2]):
        need = "q (..., t, d), k (..., s, d), v (..., s, v), t = s if causal"
        shapes = ", ".join(str(tuple(x.shape)) for x in tensors)
        raise ValueError(f"need {need}; got {shapes}")
    if v.dtype != q.dtype or not v.isfinite().all():
        raise ValueError(f"v must be finite and {q.dtype}, got {v.dtype} or not finite")
    if chunk_size < 1:
        raise ValueError(f"chunk_size must be >= 1, got {chunk_size}")
