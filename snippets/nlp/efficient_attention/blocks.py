"""Sparse attention that computes only what its pattern keeps, by cutting into blocks.

A mask over a dense score matrix saves nothing: every score is computed and then thrown
away. To save, the kept scores must form small dense blocks of their own.

Axes: t token of the query, s token of the key, d feature of query and key, v feature
of the value, n number of the block, c position in the block, g tokens of one residue;
"..." is batch and head.

References:
    Child et al., arXiv:1904.10509. Beltagy et al., arXiv:2004.05150.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import _integer


# --8<-- [start:masked]
def masked_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Softmax attention under a mask, the dense way: t s scores whatever it keeps.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d).
        v: shape (..., s, v).
        mask: boolean, shape (t, s), True = may be read.

    Returns:
        Shape (..., t, v).

    Raises:
        ValueError: if shapes disagree or an axis is empty, the mask is not boolean, or
            a query may read no key.
    """
    kind, (q, k, v) = q.dtype, _checked(q, k, v)
    want = (q.shape[-2], k.shape[-2])
    if mask.dtype != torch.bool or mask.shape != want:
        got = f"{mask.dtype} {tuple(mask.shape)}"
        raise ValueError(f"mask must be boolean, shape {want}, got {got}")
    if not mask.any(-1).all():
        row = int((~mask.any(-1)).nonzero()[0])
        raise ValueError(f"every query must read a key, got none for query {row}")
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return (scores.masked_fill(~mask, -math.inf).softmax(-1) @ v).to(kind)
    # --8<-- [end:masked]


# --8<-- [start:local]
def block_local_attention(
    q: Tensor, k: Tensor, v: Tensor, w: int, causal: bool = False
) -> Tensor:
    """Attention to |i - j| <= w in O(t w d): a block of queries, three blocks of keys.

    Args:
        q, k: shape (..., t, d).
        v: shape (..., t, v).
        w: tokens on either side, >= 0, and the block: t must be a multiple of it.
        causal: keys j <= i only; then two blocks of keys are enough.

    Returns:
        Shape (..., t, v), as ``masked_attention`` under ``local_mask(t, w)``.

    Raises:
        ValueError: if shapes disagree or an axis is empty, w < 0, or w does not
            divide t.
    """
    scores, values = _local_scores(q, k, v, w, causal)
    return (scores.softmax(-1) @ values).flatten(-3, -2).to(q.dtype)


def _local_scores(
    q: Tensor, k: Tensor, v: Tensor, w: int, causal: bool
) -> tuple[Tensor, Tensor]:
    """Scores (..., n, c, 3 c), -inf where not allowed, and values (..., n, 3 c, v)."""
    q, k, v = _checked(q, k, v, same_length=True)
    block = _checked_block("w", w, 0, q.shape[-2])
    after = 0 if causal else block
    size = 2 * block + after
    # Every window of `size` keys that starts a block before its queries.
    k, v = (F.pad(x, (0, 0, block, after)).unfold(-2, size, block) for x in (k, v))
    scores = q.unflatten(-2, (-1, block)) @ k / math.sqrt(q.shape[-1])
    at = torch.arange(q.shape[-2], device=q.device).reshape(-1, block, 1)
    key = at[:, :1] - block + torch.arange(size, device=q.device)  # (n, 1, 3 c)
    seen = ((at - key).abs() <= w) & (key >= 0) & (key < q.shape[-2])
    if causal:
        seen &= key <= at
    return scores.masked_fill(~seen, -math.inf), v.mT
    # --8<-- [end:local]


# --8<-- [start:sparse]
def sparse_attention(
    q: Tensor, k: Tensor, v: Tensor, stride: int, causal: bool = False
) -> Tensor:
    """Attention under ``sparse_mask``, in O(t (stride + t / stride) d).

    Local scores come from blocks, strided ones from a transpose: with the tokens laid
    out in rows of ``stride``, tokens of one residue are a column. Both sets of scores
    share one softmax.

    Args:
        q, k: shape (..., t, d).
        v: shape (..., t, v).
        stride: reach of the local part and step of the strided part, >= 1; t must be a
            multiple of it.
        causal: keys j <= i only.

    Returns:
        Shape (..., t, v), as ``masked_attention`` under ``sparse_mask``.

    Raises:
        ValueError: if shapes disagree or an axis is empty, stride < 1, or stride does
            not divide t.
    """
    kind, (q, k, v) = q.dtype, _checked(q, k, v, same_length=True)
    stride = _checked_block("stride", stride, 1, q.shape[-2])
    near, near_values = _local_scores(q, k, v, stride, causal)
    columns = [x.unflatten(-2, (-1, stride)).transpose(-3, -2) for x in (q, k, v)]
    far = columns[0] @ columns[1].mT / math.sqrt(q.shape[-1])  # (..., c, n, g)
    row = torch.arange(far.shape[-1], device=q.device)
    steps = row[:, None] - row
    if not causal:
        steps = steps.abs()
    far = far.masked_fill(steps < 2, -math.inf)  # one step or none: already near
    scores = torch.cat([near, far.transpose(-3, -2)], dim=-1)  # (..., n, c, 3 c + g)
    near, far = scores.softmax(-1).split([near.shape[-1], far.shape[-1]], dim=-1)
    far_sum = (far.transpose(-3, -2) @ columns[2]).transpose(-3, -2)
    return (near @ near_values + far_sum).flatten(-3, -2).to(kind)
    # --8<-- [end:sparse]


def _checked(
    q: Tensor, k: Tensor, v: Tensor, same_length: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """The same in float32 at least; shapes that would broadcast are refused.

    Raises:
        ValueError: see the functions that call it.
    """
    tensors = (q, k, v)
    agree = all(x.ndim >= 2 and x.shape[:-2] == q.shape[:-2] for x in tensors)
    agree = agree and q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2]
    agree = agree and (q.shape[-2] == k.shape[-2] or not same_length)
    if not agree or any(0 in x.shape for x in tensors):
        keys = "t" if same_length else "s"
        need = f"q (..., t, d), k (..., {keys}, d), v (..., {keys}, v), no axis empty"
        shapes = ", ".join(str(tuple(x.shape)) for x in tensors)
        raise ValueError(f"need {need}; got {shapes}")
    if not q.dtype == k.dtype == v.dtype or not q.is_floating_point():
        raise ValueError(f"need one float type, got {q.dtype}, {k.dtype}, {v.dtype}")
    wide = torch.promote_types(q.dtype, torch.float32)
    return q.to(wide), k.to(wide), v.to(wide)


def _checked_block(name: str, value: int, least: int, tokens: int) -> int:
    value = _integer(name, value, least)
    if value and tokens % value:
        raise ValueError(f"t must be a multiple of {name} = {value}, got {tokens}")
    return max(value, 1)  # w = 0: blocks of one token
