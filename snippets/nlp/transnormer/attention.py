"""TransNormer's two attentions: linear with a norm after it, and softmax in blocks.

Linear attention divides by the sum of its scores. NormAttention leaves the sum out
and normalizes the output vector of each token; DiagAttention is softmax attention
inside blocks that do not overlap. Positions 0 to block - 1 are the first block.

Axes: t token of the query, s token of the key, d feature of query and key, v feature
of the value, n number of the block, c position in the block; "..." is batch and head.
16-bit inputs are computed in float32 and rounded once, at the end.

Reference:
    Qin, Han, Sun, Li, Kong, Barnes, Zhong, "The Devil in Linear Transformer",
    EMNLP 2022, arXiv:2210.10340.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, integer, positive, wide


# --8<-- [start:norm]
def srms_norm(x: Tensor, eps: float = 1e-6) -> Tensor:
    """x / sqrt(mean(x^2) + eps) over the last axis: RMSNorm without its gain.

    Args:
        x: shape (..., d).
        eps: added to the mean square, in units of x^2.

    Returns:
        Shape (..., d), of root mean square just below 1 where x is well above
        sqrt(eps).

    Raises:
        ValueError: if eps is not above 0, or so small that its root is 0 in the type
            of x, or the last axis is empty.
    """
    floating(x=x)
    root = math.sqrt(positive("eps", eps))
    if root < torch.finfo(wide(x)).tiny:
        raise ValueError(f"eps must have a root in {wide(x)}, got {eps}")
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(f"need x (..., d) with d >= 1, got {tuple(x.shape)}")
    # Dividing by the largest entry keeps squares in range. It cancels, so it needs
    # no gradient.
    y = x.to(wide(x))
    largest = y.detach().abs().amax(-1, keepdim=True).clamp(min=root)
    y = y / largest
    mean_square = y.square().mean(-1, keepdim=True) + (root / largest).square()
    return (y / mean_square.sqrt()).to(x.dtype)
    # --8<-- [end:norm]


# --8<-- [start:unscaled]
def unscaled_attention(
    q: Tensor, k: Tensor, v: Tensor, causal: bool = False, chunk_size: int = 64
) -> Tensor:
    """Linear attention without a division: what NormAttention normalizes.

    Args:
        q: shape (..., t, d), after the feature map; it may be negative.
        k: shape (..., s, d), after the feature map.
        v: shape (..., s, v).
        causal: token i sees tokens j <= i only; then t and s must agree.
        chunk_size: tokens handled at once when causal; it changes cost and rounding.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or types disagree, an axis is empty, or chunk_size is no
            integer >= 1.
    """
    _check(q, k, v, same_length=causal)
    chunk_size = integer("chunk_size", chunk_size, 1)
    kind, (q, k, v) = v.dtype, (x.to(wide(v)) for x in (q, k, v))
    if not causal:
        return (q @ (k.mT @ v)).to(kind)
    past = v.new_zeros(*k.shape[:-2], k.shape[-1], v.shape[-1])  # sum of k_j v_j^T
    outputs = []
    for start in range(0, q.shape[-2], chunk_size):
        q_c, k_c, v_c = (x[..., start : start + chunk_size, :] for x in (q, k, v))
        outputs.append((q_c @ k_c.mT).tril() @ v_c + q_c @ past)
        past = past + k_c.mT @ v_c
    return torch.cat(outputs, dim=-2).to(kind)
    # --8<-- [end:unscaled]


# --8<-- [start:norm_attention]
def norm_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool = False,
    eps: float = 1e-6,
    chunk_size: int = 64,
) -> Tensor:
    """Linear attention with a norm of the output instead of a sum of the scores.

    Args:
        q, k, v, causal, chunk_size: as in ``unscaled_attention``.
        eps: of the norm, in units of the squared output.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: as ``unscaled_attention`` and ``srms_norm``.
    """
    _check(q, k, v, same_length=causal)
    wider = (x.to(wide(v)) for x in (q, k, v))
    x = unscaled_attention(*wider, causal, chunk_size)
    return srms_norm(x, eps).to(v.dtype)
    # --8<-- [end:norm_attention]


# --8<-- [start:step]
def norm_attention_step(
    q: Tensor, k: Tensor, v: Tensor, state: Tensor, eps: float = 1e-6
) -> tuple[Tensor, Tensor]:
    """One token of causal NormAttention, from the state that the past has left.

    Args:
        q, k: shape (..., d), after the feature map.
        v: shape (..., v).
        state: sum of k_j v_j^T over the tokens before, shape (..., d, v); zeros at
            first. Its type decides how exactly the sum is kept.
        eps: of the norm.

    Returns:
        Output of the token, shape (..., v), and the state with the token in it.

    Raises:
        ValueError: if shapes or types disagree, or as ``srms_norm``.
    """
    floating(q=q, k=k, v=v)
    floating(state=state)
    if q.ndim < 1 or q.shape != k.shape or state.shape != (*q.shape, *v.shape[-1:]):
        shapes = ", ".join(str(tuple(x.shape)) for x in (q, k, v, state))
        raise ValueError(
            f"need q, k (..., d), v (..., v), state (..., d, v), got {shapes}"
        )
    if q.shape[:-1] != v.shape[:-1]:
        shapes = f"{tuple(q.shape)} and {tuple(v.shape)}"
        raise ValueError(f"q and v must share their leading axes, got {shapes}")
    kind = torch.promote_types(wide(v), state.dtype)
    query, key, value, past = (x.to(kind) for x in (q, k, v, state))
    past = past + key[..., :, None] * value[..., None, :]
    x = (query[..., None, :] @ past)[..., 0, :]
    return srms_norm(x, eps).to(v.dtype), past.to(state.dtype)
    # --8<-- [end:step]


# --8<-- [start:diag_attention]
def diag_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    block: int,
    causal: bool = False,
    pad: bool = False,
) -> Tensor:
    """Softmax attention in which a token sees its own block and nothing else.

    Args:
        q, k: shape (..., t, d).
        v: shape (..., t, v).
        block: tokens per block.
        causal: token i sees tokens j <= i of its block only.
        pad: let the last block be shorter; without it t must be a multiple of block.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes or types disagree, an axis is empty, block is no integer
            >= 1, or t is not a multiple of block and pad is False.
    """
    _check(q, k, v, same_length=True)
    kind, (tokens, features) = v.dtype, q.shape[-2:]
    block = integer("block", block, 1)
    if tokens % block and not pad:
        raise ValueError(f"need a multiple of {block} tokens or pad=True, got {tokens}")
    block = min(block, tokens)
    extra = -tokens % block
    q, k, v = (
        F.pad(x.to(wide(v)), (0, 0, 0, extra)).unflatten(-2, (-1, block))
        for x in (q, k, v)
    )  # (..., n, c, d)
    seen = torch.arange(tokens + extra, device=q.device) < tokens
    seen = seen.reshape(-1, 1, block).expand(-1, block, block)
    if causal:
        seen = seen.tril()
    # No row is empty: each block has at least one real key, and it comes first.
    scores = (q @ k.mT / math.sqrt(features)).masked_fill(~seen, -torch.inf)
    return (scores.softmax(-1) @ v).flatten(-3, -2)[..., :tokens, :].to(kind)
    # --8<-- [end:diag_attention]


def _check(q: Tensor, k: Tensor, v: Tensor, same_length: bool) -> None:
    floating(q=q, k=k, v=v)
    agree = min(q.ndim, k.ndim, v.ndim) >= 2 and (
        q.shape[:-2] == k.shape[:-2] == v.shape[:-2]
        and q.shape[-1] == k.shape[-1]
        and k.shape[-2] == v.shape[-2]
        and (q.shape[-2] == k.shape[-2] or not same_length)
        and 0 not in (*q.shape, *k.shape, *v.shape)
    )
    if not agree:
        keys = "t" if same_length else "s"
        need = f"q (..., t, d), k (..., {keys}, d), v (..., {keys}, v), no axis empty"
        shapes = ", ".join(str(tuple(x.shape)) for x in (q, k, v))
        raise ValueError(f"need {need}; got {shapes}")
