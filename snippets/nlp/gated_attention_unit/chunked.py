"""Mixed chunk attention: exact within a chunk, linear across chunks, O(t) in all.

Tokens are cut into chunks of ``chunk``. Inside one, relu squared of the scores weighs
the values; everything before it arrives through one s x e matrix. The linear part
has no feature map and no normalizer, so its weights may be negative.

Axes: t token, n number of the chunk, c position inside it, s features of query and
key, e features of the value; leading axes are batch. 16-bit inputs are computed in
float32 and rounded once, at the end.

Reference:
    Hua, Dai, Liu, Le, "Transformer Quality in Linear Time", ICML 2022,
    arXiv:2202.10447.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, integer, wide


# --8<-- [start:relu2]
def relu2(x: Tensor) -> Tensor:
    """relu(x)^2, elementwise; slope 2 relu(x), so none at 0."""
    return F.relu(x).square()
    # --8<-- [end:relu2]


# --8<-- [start:chunked]
def mixed_chunk_attention(
    q_quad: Tensor,
    k_quad: Tensor,
    q_lin: Tensor,
    k_lin: Tensor,
    v: Tensor,
    chunk: int,
    causal: bool = False,
) -> Tensor:
    """relu^2 attention inside each chunk plus linear attention across chunks.

    Args:
        q_quad, k_quad: shape (..., t, s), for the exact part.
        q_lin, k_lin: shape (..., t, s), for the linear part.
        v: shape (..., t, e).
        chunk: tokens of a chunk; must divide t.
        causal: token i sees tokens j <= i of its chunk and all *previous* chunks.
            Otherwise it sees its chunk, and the linear part sums over all chunks, its
            own included.

    Returns:
        Shape (..., t, e), type of v.

    Raises:
        ValueError: if shapes or types disagree, chunk is no integer >= 1, or it does
            not divide t.
    """
    chunk = _check(q_quad, k_quad, q_lin, k_lin, v, chunk)
    split = (v.shape[-2] // chunk, chunk)
    q_quad, k_quad, q_lin, k_lin, values = (
        x.to(wide(v)).unflatten(-2, split) for x in (q_quad, k_quad, q_lin, k_lin, v)
    )
    weights = relu2(q_quad @ k_quad.mT / chunk)  # (..., n, c, c)
    if causal:
        weights = weights.tril()
    state = k_lin.mT @ values  # (..., n, s, e)
    if causal:
        # Sum of the chunks before: shifted, not `cumsum - state`, whose rounding
        # would still depend on the current chunk.
        state = F.pad(state.cumsum(-3)[..., :-1, :, :], (0, 0, 0, 0, 1, 0))
    else:
        state = state.sum(-3, keepdim=True)
    out = weights @ values + q_lin @ state  # (..., n, c, e)
    return out.flatten(-3, -2).to(v.dtype)
    # --8<-- [end:chunked]


# --8<-- [start:reference]
def mixed_chunk_reference(
    q_quad: Tensor,
    k_quad: Tensor,
    q_lin: Tensor,
    k_lin: Tensor,
    v: Tensor,
    chunk: int,
    causal: bool = False,
) -> Tensor:
    """The same numbers from two dense t x t matrices; arguments and errors as above."""
    chunk = _check(q_quad, k_quad, q_lin, k_lin, v, chunk)
    q_quad, k_quad, q_lin, k_lin, values = (
        x.to(wide(v)) for x in (q_quad, k_quad, q_lin, k_lin, v)
    )
    at = torch.arange(v.shape[-2], device=v.device)
    row, column = at[:, None] // chunk, at // chunk  # chunk of query, chunk of key
    local = row == column
    past = torch.ones_like(local)
    if causal:
        local, past = local & (at <= at[:, None]), column < row
    exact = relu2(q_quad @ k_quad.mT / chunk).masked_fill(~local, 0)
    weights = exact + (q_lin @ k_lin.mT).masked_fill(~past, 0)
    return (weights @ values).to(v.dtype)
    # --8<-- [end:reference]


def mixed_chunk_macs(t: int, e: int, s: int, chunk: int) -> int:
    """Multiply-adds of the four products: t (chunk (s + e) + 2 s e).

    With ``chunk = t`` the first term is that of the quadratic layer.

    Raises:
        ValueError: if a size is no integer >= 1 or chunk does not divide t.
    """
    t, e, s = integer("t", t, 1), integer("e", e, 1), integer("s", s, 1)
    chunk = integer("chunk", chunk, 1)
    if t % chunk:
        raise ValueError(f"chunk must divide t = {t}, got {chunk}")
    return t * (chunk * (s + e) + 2 * s * e)


def _check(
    q_quad: Tensor, k_quad: Tensor, q_lin: Tensor, k_lin: Tensor, v: Tensor, chunk: int
) -> int:
    floating(v=v, q_quad=q_quad, k_quad=k_quad, q_lin=q_lin, k_lin=k_lin)
    features = (q_quad, k_quad, q_lin, k_lin)
    if (
        q_quad.ndim < 2
        or any(x.shape != q_quad.shape for x in features)
        or q_quad.shape[:-1] != v.shape[:-1]
        or 0 in (*q_quad.shape, *v.shape)
    ):
        shapes = ", ".join(str(tuple(x.shape)) for x in (*features, v))
        need = "four (..., t, s) of one shape and v (..., t, e), no axis empty"
        raise ValueError(f"need {need}; got {shapes}")
    chunk = integer("chunk", chunk, 1)
    if v.shape[-2] % chunk:
        raise ValueError(f"chunk must divide t = {v.shape[-2]}, got {chunk}")
    return chunk
