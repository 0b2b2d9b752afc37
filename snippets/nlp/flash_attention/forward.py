"""The forward pass: each block of queries sweeps over the blocks of keys that it sees.

Axes: b batch, h head, t query tokens, s key tokens, d features.

References:
    Dao et al., "FlashAttention", NeurIPS 2022, arXiv:2205.14135.
    Dao, "FlashAttention-2", 2023, arXiv:2307.08691.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ._checks import _integer
from .online import _finite_or_zero, merge_stats


class ForwardResult(NamedTuple):
    """What the forward pass leaves behind."""

    o: Tensor  # (b, h, t, d), type of q
    lse: Tensor  # (b, h, t), L = m + log(l): all the backward pass needs of the softmax
    blocks_visited: int  # (query block, key block) pairs computed, per head


# --8<-- [start:forward]
def flash_attention_forward(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool = False,
    scale: float | None = None,
    block_q: int = 64,
    block_k: int = 64,
    align: str | None = None,
) -> ForwardResult:
    """softmax(scale * q k^T) v, one tile of scores at a time.

    Args:
        q: shape (b, h, t, d).
        k, v: shape (b, h, s, d).
        causal: query i sees only keys j <= i, or j <= i + s - t if
            ``align="bottom-right"``.
        scale: factor of the scores; None means 1 / sqrt(d).
        block_q, block_k: rows and columns of a tile; the last ones may be smaller.
        align: ``"top-left"`` or ``"bottom-right"``; must be given
            if causal and t != s.

    Returns:
        o, lse and the number of tiles. A row that sees no key has o = 0, lse = -inf. A
        value that is not finite can turn rows of its tile that do not see it into NaN,
        as in torch: its weight is 0, and 0 times inf is NaN.

    Raises:
        ValueError: if shapes or types disagree or an axis is empty, a block is below 1,
            scale is not finite, align is another word, or a causal mask over t != s is
            not aligned.
    """
    scale, offset = _check(q, k, v, causal, scale, block_q, block_k, align)
    work = torch.promote_types(q.dtype, torch.float32)
    o, lse = torch.empty_like(q), q.new_empty(q.shape[:-1], dtype=work)
    visited = 0
    for i in range(0, q.shape[2], block_q):  # outer loop over queries: O is owned
        q_i = q[:, :, i : i + block_q].to(work)
        m = q_i.new_full(q_i.shape[:-1], -math.inf)
        stats = m, torch.zeros_like(m), torch.zeros_like(q_i)
        for j in _key_blocks(i + q_i.shape[2], k.shape[2], block_k, offset):
            k_j, v_j = (x[:, :, j : j + block_k].to(work) for x in (k, v))
            s = _mask(scale * q_i @ k_j.mT, i, j, offset)  # (b, h, block_q, block_k)
            m = s.amax(-1)
            p = torch.exp(s - _finite_or_zero(m)[..., None])
            stats = merge_stats(stats, (m, p.sum(-1), p @ v_j))
            visited += 1
        m, total, acc = stats
        o[:, :, i : i + block_q] = acc / total.masked_fill(total == 0, 1)[..., None]
        lse[:, :, i : i + block_q] = m + total.log()
    return ForwardResult(o, lse, visited)


def _key_blocks(row_stop: int, keys: int, block: int, offset: int | None) -> range:
    # The last row, row_stop - 1, sees keys up to row_stop - 1 + offset.
    stop = keys if offset is None else min(keys, row_stop + offset)
    return range(0, stop, block)


def _mask(s: Tensor, i: int, j: int, offset: int | None) -> Tensor:
    if offset is None:
        return s
    rows = torch.arange(i, i + s.shape[2], device=s.device)[:, None]
    columns = torch.arange(j, j + s.shape[3], device=s.device)
    return s.masked_fill(columns > rows + offset, -math.inf)
    # --8<-- [end:forward]


def _check(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    scale: float | None,
    block_q: int,
    block_k: int,
    align: str | None,
) -> tuple[float, int | None]:
    """The scale, and how many keys past its own index a query sees (None: all)."""
    shapes = ", ".join(str(tuple(x.shape)) for x in (q, k, v))
    same = q.ndim == k.ndim == 4 and k.shape == v.shape
    if not same or q[:, :, :1].shape != k[:, :, :1].shape or 0 in (*q.shape, *k.shape):
        want = "q (b, h, t, d), k and v (b, h, s, d), no axis empty"
        raise ValueError(f"need {want}; got {shapes}")
    if not q.dtype == k.dtype == v.dtype or not q.is_floating_point():
        raise ValueError(f"need one float type, got {q.dtype}, {k.dtype}, {v.dtype}")
    _integer("block_q", block_q, 1)
    _integer("block_k", block_k, 1)
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    if not math.isfinite(scale):
        raise ValueError(f"scale must be finite, got {scale}")
    n, keys = q.shape[2], k.shape[2]
    if align not in (None, "top-left", "bottom-right"):
        raise ValueError(f"align must be 'top-left' or 'bottom-right', got {align!r}")
    if causal and n != keys and align is None:
        raise ValueError(
            f"a causal mask over {n} queries, {keys} keys needs align, got None"
        )
    if not causal:
        return scale, None
    return scale, keys - n if align == "bottom-right" else 0
