"""FlashAttention in plain torch: exact attention that never holds the score matrix.

Attention weighs values by a softmax over scores. Softmax needs the maximum and the sum
of a whole row, but both, and the weighted sum itself, can be mended when a larger
score turns up. So the scores may come block by block and be dropped at once.

Axes: b batch, h head, t query tokens, s key tokens, d features. This module is the
reference: it shows the order of work, not the speed. The GPU kernels with the same
order are in ``flash_attention_triton.py``, imported only when called.

References:
    Milakov, Gimelshein, "Online normalizer calculation for softmax", 2018,
    arXiv:1805.02867.
    Dao et al., "FlashAttention", NeurIPS 2022, arXiv:2205.14135.
    Dao, "FlashAttention-2", 2023, arXiv:2307.08691.
"""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from snippets.nlp.flash_attention_io import io_flash1 as io_flash1
from snippets.nlp.flash_attention_io import io_flash2 as io_flash2
from snippets.nlp.flash_attention_io import io_standard as io_standard
from snippets.nlp.flash_attention_online import finite_or_zero
from snippets.nlp.flash_attention_online import merge_stats as merge_stats
from snippets.nlp.flash_attention_online import online_softmax as online_softmax


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
        o, lse and the number of tiles. A row that sees no key has o = 0, lse = -inf.

    Raises:
        ValueError: if shapes or types disagree, a block is below 1, scale is not
            finite, or a causal mask over t != s is not aligned.
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
            p = torch.exp(s - finite_or_zero(m)[..., None])
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


# --8<-- [start:backward]
def flash_attention_backward(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    o: Tensor,
    lse: Tensor,
    do: Tensor,
    causal: bool = False,
    scale: float | None = None,
    block_q: int = 64,
    block_k: int = 64,
    align: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of q, k, v; every tile of weights is computed again from lse.

    Args:
        o, lse: from ``flash_attention_forward`` with the same other arguments.
        do: gradient of o, shape (b, h, t, d).

    Returns:
        dq, dk, dv, with the shapes and types of q, k, v.

    Raises:
        ValueError: as the forward pass, or if o, do or lse do not belong to q.
    """
    scale, offset = _check(q, k, v, causal, scale, block_q, block_k, align)
    if not o.shape == do.shape == q.shape or lse.shape != q.shape[:-1]:
        shapes = ", ".join(str(tuple(x.shape)) for x in (o, do, lse))
        want = f"o and do {tuple(q.shape)}, lse {tuple(q.shape[:-1])}"
        raise ValueError(f"need {want}, got {shapes}")
    work = lse.dtype
    dq, dk, dv = (torch.zeros_like(x, dtype=work) for x in (q, k, v))
    delta = (do.to(work) * o.to(work)).sum(-1)  # D, (b, h, t)
    for i in range(0, q.shape[2], block_q):
        rows = slice(i, min(i + block_q, q.shape[2]))
        q_i, do_i = (x[:, :, rows].to(work) for x in (q, do))
        for j in _key_blocks(rows.stop, k.shape[2], block_k, offset):
            columns = slice(j, j + block_k)
            k_j, v_j = (x[:, :, columns].to(work) for x in (k, v))
            s = _mask(scale * q_i @ k_j.mT, i, j, offset)
            p = torch.exp(s - finite_or_zero(lse[:, :, rows])[..., None])
            ds = p * (do_i @ v_j.mT - delta[:, :, rows, None])
            dv[:, :, columns] += p.mT @ do_i
            dk[:, :, columns] += scale * ds.mT @ q_i
            dq[:, :, rows] += scale * ds @ k_j
    return dq.to(q.dtype), dk.to(k.dtype), dv.to(v.dtype)
    # --8<-- [end:backward]


# --8<-- [start:function]
class FlashAttention(torch.autograd.Function):
    """``FlashAttention.apply(q, k, v, ...)``: o, differentiable once.

    Arguments as for ``flash_attention_forward``, positional only.
    """

    @staticmethod
    def forward(
        ctx: Any,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        causal: bool = False,
        scale: float | None = None,
        block_q: int = 64,
        block_k: int = 64,
        align: str | None = None,
    ) -> Tensor:
        """Keep q, k, v, o and lse, all linear in the length."""
        ctx.settings = (causal, scale, block_q, block_k, align)
        o, lse, _ = flash_attention_forward(q, k, v, *ctx.settings)
        ctx.save_for_backward(q, k, v, o, lse)
        return o

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, do: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of q, k, v; None for the settings."""
        grads = flash_attention_backward(*ctx.saved_tensors, do, *ctx.settings)
        return (*grads, None, None, None, None, None)

    # --8<-- [end:function]


def triton_flash_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool = False,
    scale: float | None = None,
) -> Tensor:
    """The same attention by GPU kernels; see ``flash_attention_triton.py``.

    Raises:
        ImportError: if the ``triton`` package is not installed.
        ValueError: as the kernels' own function.
    """
    try:
        import triton  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "triton_flash_attention needs the package triton: pip install triton"
        ) from error
    from snippets.nlp import flash_attention_triton as kernels

    return kernels.triton_flash_attention(q, k, v, causal, scale)


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
    for name, block in (("block_q", block_q), ("block_k", block_k)):
        if not isinstance(block, int) or block < 1:
            raise ValueError(f"{name} must be an integer >= 1, got {block!r}")
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
