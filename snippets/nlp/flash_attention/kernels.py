"""FlashAttention as GPU kernels: one forward, three backward, written in Triton.

Same mathematics as ``forward.py`` and ``backward.py``; what is new is the machine.
Scores live in base 2, because the hardware's exponential is 2**x, so exp(scale * s) is
exp2(scale * log2(e) * s) and the factor costs nothing. Sums are kept in float32
whatever the inputs are. Blocks that no mask touches run in a loop of their own without
masks. No atomics: dK, dV and dQ are each summed by one owner.

Tensors are contiguous, (b, h, row, d): batch, head, row, feature. One program owns
``block_m`` query rows, or ``block_n`` key rows, of one head of one batch entry.

On a machine without a GPU the same kernels run through Triton's interpreter, if
``TRITON_INTERPRET=1`` is set before triton is imported (float32 and float16 only).

References:
    Dao, "FlashAttention-2", 2023, arXiv:2307.08691 (loop order, logsumexp, D).
    Tillet, Kung, Cox, "Triton", MAPL 2019, doi:10.1145/3315508.3329973.
"""

import math
from typing import NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.autograd.function import once_differentiable

_LOG2_E = tl.constexpr(math.log2(math.e))
_LN_2 = tl.constexpr(math.log(2))
HEAD_DIMS = (16, 32, 64, 128)


class Tile(NamedTuple):
    """How one kernel cuts the problem and what each of its programs gets."""

    block_m: int  # query rows per block
    block_n: int  # key rows per block
    num_warps: int  # groups of 32 threads per program
    num_stages: int  # loads in flight ahead of the arithmetic


class Tiles(NamedTuple):
    """A ``Tile`` for each kernel."""

    forward: Tile
    dkdv: Tile
    dq: Tile


# --8<-- [start:tiles]
# For compute capability 9.0 (H100, H200): the sizes PyTorch 2.13 ships there for its
# own Triton attention. `python -m benchmarks.nlp.flash_attention --tune` tries others.
TILES = {
    64: Tiles(Tile(128, 128, 4, 3), Tile(64, 128, 8, 3), Tile(128, 64, 8, 3)),
    128: Tiles(Tile(128, 64, 8, 3), Tile(64, 128, 8, 3), Tile(128, 64, 8, 3)),
}

# Exact float32 products miss the tensor cores and eat registers: small blocks.
_TILES_FLOAT32 = Tiles(Tile(16, 32, 8, 1), Tile(16, 16, 8, 1), Tile(32, 16, 8, 1))


def default_tiles(head_dim: int, dtype: torch.dtype) -> Tiles:
    """The table's choice for ``head_dim`` features of type ``dtype``."""
    if dtype == torch.float32:
        return _TILES_FLOAT32
    return TILES[max(head_dim, 64)]
    # --8<-- [end:tiles]


# --8<-- [start:forward_blocks]
@triton.jit
def _forward_blocks(
    m, total, acc, q, k_base, v_base, rows, start, stop, length, scale_log2,
    block_n: tl.constexpr, d: tl.constexpr, causal: tl.constexpr, masked: tl.constexpr,
):  # fmt: skip
    """Fold the key blocks in [start, stop) into one block of query rows."""
    columns = tl.arange(0, d)
    for n in range(start, stop, block_n):
        keys = n + tl.arange(0, block_n)
        place = keys[:, None] * d + columns[None, :]
        if masked:
            exists = (keys < length)[:, None]
            k = tl.load(k_base + place, mask=exists, other=0.0)
            s = tl.dot(q, tl.trans(k), input_precision="ieee") * scale_log2
            seen = (keys < length)[None, :]
            if causal:
                seen = seen & (rows[:, None] >= keys[None, :])
            s = tl.where(seen, s, float("-inf"))
            m_new = tl.maximum(m, tl.max(s, 1))
            p = tl.exp2(s - m_new[:, None])
            v = tl.load(v_base + place, mask=exists, other=0.0)
        else:
            k = tl.load(k_base + place)
            s = tl.dot(q, tl.trans(k), input_precision="ieee")
            # The scale waits for the subtraction: one fused multiply-add a score.
            m_new = tl.maximum(m, tl.max(s, 1) * scale_log2)
            p = tl.exp2(s * scale_log2 - m_new[:, None])
            v = tl.load(v_base + place)
        shrink = tl.exp2(m - m_new)
        total = total * shrink + tl.sum(p, 1)
        acc = tl.dot(p.to(v.dtype), v, acc * shrink[:, None], input_precision="ieee")
        m = m_new
    return m, total, acc
    # --8<-- [end:forward_blocks]


# --8<-- [start:forward_kernel]
@triton.jit(do_not_specialize=["length"])
def _forward_kernel(
    q_ptr, k_ptr, v_ptr, o_ptr, lse_ptr, length, scale_log2,
    d: tl.constexpr, causal: tl.constexpr,
    block_m: tl.constexpr, block_n: tl.constexpr,
):  # fmt: skip
    """One block of query rows against all its keys: O and L = m + ln l."""
    blocks = tl.cdiv(length, block_m)
    # Longest rows first: under a causal mask the last block has the most work.
    first = (blocks - 1 - tl.program_id(0) % blocks) * block_m
    head = (tl.program_id(0) // blocks).to(tl.int64)  # b * heads + h
    rows = first + tl.arange(0, block_m)
    place = rows[:, None] * d + tl.arange(0, d)[None, :]
    base = head * length * d
    q = tl.load(q_ptr + base + place, mask=(rows < length)[:, None], other=0.0)
    m = tl.full([block_m], float("-inf"), tl.float32)
    total = tl.zeros([block_m], tl.float32)
    acc = tl.zeros([block_m, d], tl.float32)
    # Keys before `full` are seen by every row; those up to `stop` by some.
    if causal:
        full = first // block_n * block_n
        stop = tl.minimum(first + block_m, length)
    else:
        full = length // block_n * block_n
        stop = length
    m, total, acc = _forward_blocks(
        m, total, acc, q, k_ptr + base, v_ptr + base, rows, 0, full, length, scale_log2,
        block_n, d, causal, masked=False,
    )  # fmt: skip
    m, total, acc = _forward_blocks(
        m, total, acc, q, k_ptr + base, v_ptr + base, rows, full, stop, length,
        scale_log2, block_n, d, causal, masked=True,
    )  # fmt: skip
    o = (acc / total[:, None]).to(o_ptr.dtype.element_ty)
    tl.store(o_ptr + base + place, o, mask=(rows < length)[:, None])
    lse = (m + tl.log2(total)) * _LN_2  # L leaves in base e
    tl.store(lse_ptr + head * length + rows, lse, mask=rows < length)
    # --8<-- [end:forward_kernel]


@triton.jit(do_not_specialize=["total_rows"])
def _delta_kernel(
    o_ptr, do_ptr, delta_ptr, total_rows, d: tl.constexpr, block_m: tl.constexpr
):
    """D = rowsum(dO * O), one number a row; rows of all heads are one long list."""
    rows = tl.program_id(0).to(tl.int64) * block_m + tl.arange(0, block_m)
    place = rows[:, None] * d + tl.arange(0, d)[None, :]
    exists = (rows < total_rows)[:, None]
    o = tl.load(o_ptr + place, mask=exists, other=0.0).to(tl.float32)
    do = tl.load(do_ptr + place, mask=exists, other=0.0).to(tl.float32)
    tl.store(delta_ptr + rows, tl.sum(o * do, 1), mask=rows < total_rows)


@triton.jit
def _dkdv_blocks(
    dk, dv, k, v, q_base, do_base, lse_base, delta_base, keys, start, stop, length,
    scale_log2, block_m: tl.constexpr, d: tl.constexpr, causal: tl.constexpr,
    masked: tl.constexpr,
):  # fmt: skip
    """Add the query blocks in [start, stop) to dK (not yet scaled) and dV."""
    columns = tl.arange(0, d)
    for first in range(start, stop, block_m):
        rows = first + tl.arange(0, block_m)
        place = rows[:, None] * d + columns[None, :]
        if masked:
            exists = (rows < length)[:, None]
            q = tl.load(q_base + place, mask=exists, other=0.0)
            do = tl.load(do_base + place, mask=exists, other=0.0)
            # A row that does not exist has dO = 0 and D = 0, and so adds nothing.
            lse = tl.load(lse_base + rows, mask=rows < length, other=0.0)
            delta = tl.load(delta_base + rows, mask=rows < length, other=0.0)
        else:
            q = tl.load(q_base + place)
            do = tl.load(do_base + place)
            lse = tl.load(lse_base + rows)
            delta = tl.load(delta_base + rows)
        # Scores transposed, (key, query): P^T and dS^T are ready as left operands.
        s_t = tl.dot(k, tl.trans(q), input_precision="ieee")
        log2_p_t = s_t * scale_log2 - (lse * _LOG2_E)[None, :]
        if masked and causal:
            log2_p_t = tl.where(rows[None, :] >= keys[:, None], log2_p_t, float("-inf"))
        p_t = tl.exp2(log2_p_t)
        dv = tl.dot(p_t.to(do.dtype), do, dv, input_precision="ieee")
        dp_t = tl.dot(v, tl.trans(do), input_precision="ieee")
        ds_t = p_t * (dp_t - delta[None, :])
        dk = tl.dot(ds_t.to(q.dtype), q, dk, input_precision="ieee")
    return dk, dv


@triton.jit(do_not_specialize=["length"])
def _dkdv_kernel(
    q_ptr, k_ptr, v_ptr, do_ptr, lse_ptr, delta_ptr, dk_ptr, dv_ptr, length,
    scale, scale_log2, d: tl.constexpr, causal: tl.constexpr,
    block_m: tl.constexpr, block_n: tl.constexpr,
):  # fmt: skip
    """One block of keys against all queries that see it: its rows of dK and dV."""
    blocks = tl.cdiv(length, block_n)
    first = tl.program_id(0) % blocks * block_n  # here the first block is the longest
    head = (tl.program_id(0) // blocks).to(tl.int64)
    keys = first + tl.arange(0, block_n)
    place = keys[:, None] * d + tl.arange(0, d)[None, :]
    exists = (keys < length)[:, None]
    base = head * length * d
    # A key that does not exist only reaches its own row of dK, dV: never stored.
    k = tl.load(k_ptr + base + place, mask=exists, other=0.0)
    v = tl.load(v_ptr + base + place, mask=exists, other=0.0)
    dk = tl.zeros([block_n, d], tl.float32)
    dv = tl.zeros([block_n, d], tl.float32)
    # Query blocks in three runs: [start, diagonal) cut by the causal mask,
    # [diagonal, full) whole, [full, length) the ragged end.
    start = 0
    diagonal = 0
    if causal:
        start = first // block_m * block_m
        diagonal = tl.cdiv(first + block_n, block_m) * block_m
    full = tl.maximum(length // block_m * block_m, diagonal)
    if causal:
        dk, dv = _dkdv_blocks(
            dk, dv, k, v, q_ptr + base, do_ptr + base, lse_ptr + head * length,
            delta_ptr + head * length, keys, start, tl.minimum(diagonal, length),
            length, scale_log2, block_m, d, causal, masked=True,
        )  # fmt: skip
    dk, dv = _dkdv_blocks(
        dk, dv, k, v, q_ptr + base, do_ptr + base, lse_ptr + head * length,
        delta_ptr + head * length, keys, diagonal, full, length, scale_log2,
        block_m, d, causal, masked=False,
    )  # fmt: skip
    dk, dv = _dkdv_blocks(
        dk, dv, k, v, q_ptr + base, do_ptr + base, lse_ptr + head * length,
        delta_ptr + head * length, keys, full, length, length, scale_log2,
        block_m, d, causal, masked=True,
    )  # fmt: skip
    tl.store(dv_ptr + base + place, dv.to(dv_ptr.dtype.element_ty), mask=exists)
    tl.store(
        dk_ptr + base + place, (dk * scale).to(dk_ptr.dtype.element_ty), mask=exists
    )


@triton.jit
def _dq_blocks(
    dq, q, do, lse_log2, delta, k_base, v_base, rows, start, stop, length, scale_log2,
    block_n: tl.constexpr, d: tl.constexpr, causal: tl.constexpr, masked: tl.constexpr,
):  # fmt: skip
    """Add the key blocks in [start, stop) to dQ (not yet scaled)."""
    columns = tl.arange(0, d)
    for n in range(start, stop, block_n):
        keys = n + tl.arange(0, block_n)
        place = keys[:, None] * d + columns[None, :]
        if masked:
            exists = (keys < length)[:, None]
            k = tl.load(k_base + place, mask=exists, other=0.0)
            v = tl.load(v_base + place, mask=exists, other=0.0)
        else:
            k = tl.load(k_base + place)
            v = tl.load(v_base + place)
        s = tl.dot(q, tl.trans(k), input_precision="ieee")
        log2_p = s * scale_log2 - lse_log2[:, None]
        if masked:
            seen = (keys < length)[None, :]
            if causal:
                seen = seen & (rows[:, None] >= keys[None, :])
            log2_p = tl.where(seen, log2_p, float("-inf"))
        p = tl.exp2(log2_p)
        dp = tl.dot(do, tl.trans(v), input_precision="ieee")
        ds = p * (dp - delta[:, None])
        dq = tl.dot(ds.to(k.dtype), k, dq, input_precision="ieee")
    return dq


@triton.jit(do_not_specialize=["length"])
def _dq_kernel(
    q_ptr, k_ptr, v_ptr, do_ptr, lse_ptr, delta_ptr, dq_ptr, length,
    scale, scale_log2, d: tl.constexpr, causal: tl.constexpr,
    block_m: tl.constexpr, block_n: tl.constexpr,
):  # fmt: skip
    """One block of query rows against all its keys: its rows of dQ."""
    blocks = tl.cdiv(length, block_m)
    first = (blocks - 1 - tl.program_id(0) % blocks) * block_m
    head = (tl.program_id(0) // blocks).to(tl.int64)
    rows = first + tl.arange(0, block_m)
    place = rows[:, None] * d + tl.arange(0, d)[None, :]
    exists = (rows < length)[:, None]
    base = head * length * d
    q = tl.load(q_ptr + base + place, mask=exists, other=0.0)
    do = tl.load(do_ptr + base + place, mask=exists, other=0.0)
    lse = tl.load(lse_ptr + head * length + rows, mask=rows < length, other=0.0)
    delta = tl.load(delta_ptr + head * length + rows, mask=rows < length, other=0.0)
    lse_log2 = lse * _LOG2_E
    dq = tl.zeros([block_m, d], tl.float32)
    if causal:
        full = first // block_n * block_n
        stop = tl.minimum(first + block_m, length)
    else:
        full = length // block_n * block_n
        stop = length
    dq = _dq_blocks(
        dq, q, do, lse_log2, delta, k_ptr + base, v_ptr + base, rows, 0, full, length,
        scale_log2, block_n, d, causal, masked=False,
    )  # fmt: skip
    dq = _dq_blocks(
        dq, q, do, lse_log2, delta, k_ptr + base, v_ptr + base, rows, full, stop,
        length, scale_log2, block_n, d, causal, masked=True,
    )  # fmt: skip
    tl.store(
        dq_ptr + base + place, (dq * scale).to(dq_ptr.dtype.element_ty), mask=exists
    )


_INTERPRETED = not isinstance(_forward_kernel, triton.JITFunction)


def _options(tile: Tile) -> dict[str, int]:
    # Fusion is said outright because its default is about to change in Triton 3.10.
    return {**tile._asdict(), "enable_fp_fusion": True}


def triton_forward(
    q: Tensor, k: Tensor, v: Tensor, causal: bool, scale: float, tile: Tile
) -> tuple[Tensor, Tensor]:
    """Launch the forward kernel.

    Args:
        q, k, v: contiguous, shape (b, h, row, d).
        causal: row i sees keys 0 to i only.
        scale: factor of the scores, >= 0.
        tile: block sizes and resources.

    Returns:
        o, shape and type of q; lse, float32, shape (b, h, row).
    """
    b, h, length, d = q.shape
    o = torch.empty_like(q)
    lse = q.new_empty(b, h, length, dtype=torch.float32)
    programs = triton.cdiv(length, tile.block_m) * b * h
    _forward_kernel[(programs,)](
        q, k, v, o, lse, length, scale / math.log(2), d, causal, **_options(tile)
    )
    return o, lse


# --8<-- [start:backward]
def triton_backward(
    q: Tensor, k: Tensor, v: Tensor, o: Tensor, lse: Tensor, do: Tensor,
    causal: bool, scale: float, dkdv_tile: Tile, dq_tile: Tile,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Launch the three backward kernels; arguments as for ``triton_forward``.

    Returns:
        dq, dk, dv, shape and type of q.
    """
    b, h, length, d = q.shape
    dq, dk, dv, delta = (torch.empty_like(x) for x in (q, k, v, lse))
    rows = b * h * length
    _delta_kernel[(triton.cdiv(rows, 64),)](
        o, do, delta, rows, d, block_m=64, enable_fp_fusion=True
    )
    inputs = (q, k, v, do, lse, delta)
    settings = (length, scale, scale / math.log(2), d, causal)
    programs = triton.cdiv(length, dkdv_tile.block_n) * b * h
    _dkdv_kernel[(programs,)](*inputs, dk, dv, *settings, **_options(dkdv_tile))
    programs = triton.cdiv(length, dq_tile.block_m) * b * h
    _dq_kernel[(programs,)](*inputs, dq, *settings, **_options(dq_tile))
    return dq, dk, dv
    # --8<-- [end:backward]


class _TritonFlashAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, causal, scale, tiles):
        o, lse = triton_forward(q, k, v, causal, scale, tiles.forward)
        ctx.save_for_backward(q, k, v, o, lse)
        ctx.settings = (causal, scale, tiles.dkdv, tiles.dq)
        return o

    @staticmethod
    @once_differentiable
    def backward(ctx, do):
        q, k, v, o, lse = ctx.saved_tensors
        grads = triton_backward(q, k, v, o, lse, do.contiguous(), *ctx.settings)
        return *grads, None, None, None


def triton_flash_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool = False,
    scale: float | None = None,
    tiles: Tiles | None = None,
) -> Tensor:
    """softmax(scale * q k^T) v on the GPU, exact, differentiable once.

    Args:
        q, k, v: shape (b, h, row, d), one shape for all, d in ``HEAD_DIMS``, float16,
            bfloat16 or float32, all on one CUDA GPU. Copied if not contiguous.
        causal: row i sees keys 0 to i only.
        scale: factor of the scores, finite; None means 1 / sqrt(d).
        tiles: block sizes and resources; None takes ``default_tiles``. Block sizes
            are powers of two >= 16.

    Returns:
        Shape and type of q.

    Raises:
        ValueError: if shapes or types disagree or are not supported, scale is not
            finite, or the tensors are where the kernels cannot run.
    """
    _check(q, k, v)
    scale = q.shape[-1] ** -0.5 if scale is None else float(scale)
    if not math.isfinite(scale):
        raise ValueError(f"scale must be finite, got {scale}")
    if scale < 0:  # max(scale * s) = scale * max(s) needs scale >= 0
        q, scale = -q, -scale
    tiles = tiles or default_tiles(q.shape[-1], q.dtype)
    q, k, v = q.contiguous(), k.contiguous(), v.contiguous()
    with torch.cuda.device_of(q):  # Triton launches on the current device
        return _TritonFlashAttention.apply(q, k, v, causal, scale, tiles)


def _check(q: Tensor, k: Tensor, v: Tensor) -> None:
    shapes = ", ".join(str(tuple(x.shape)) for x in (q, k, v))
    if not q.shape == k.shape == v.shape or q.ndim != 4 or q.numel() == 0:
        raise ValueError(f"need q, k, v of one shape (b, h, row, d), got {shapes}")
    if q.shape[-1] not in HEAD_DIMS:
        raise ValueError(f"d must be one of {HEAD_DIMS}, got {q.shape[-1]}")
    if not q.dtype == k.dtype == v.dtype:
        raise ValueError(f"need one dtype, got {q.dtype}, {k.dtype}, {v.dtype}")
    # The interpreter's bfloat16 products are garbage, so it may not see any.
    known = [torch.float16, torch.float32] + [torch.bfloat16] * (not _INTERPRETED)
    if q.dtype not in known:
        names = ", ".join(str(x) for x in known)
        where = " in Triton's interpreter" * _INTERPRETED
        raise ValueError(f"dtype must be one of {names}{where}, got {q.dtype}")
    devices = [x.device for x in (q, k, v)]
    if len(set(devices)) > 1 or not (_INTERPRETED or q.is_cuda):
        raise ValueError(
            "need tensors on one CUDA GPU (or TRITON_INTERPRET=1 in the environment "
            f"before triton is imported), got {', '.join(map(str, devices))}"
        )
