"""Causal linear attention as GPU kernels, chunked on two levels, written in Triton.

A segment is a run of chunks that one program walks through. The first kernel sums
phi(K)^T V over each segment, all segments at once; torch turns these into prefix sums;
the second kernel starts each segment from the sum of all before it and goes on chunk
by chunk. So a single long sequence still fills the machine.

The state is float32 whatever the inputs are. What tensor cores multiply is rounded to
the type of the inputs, the state for being read to TF32. Forward only.

Tensors are contiguous, (b, h, t, d): batch, head, token, feature. On a machine without
a GPU the same kernels run through Triton's interpreter, if ``TRITON_INTERPRET=1`` is
set before triton is imported (float32 only: its bfloat16 products are wrong).

References:
    Yang, Wang, Shen, Panda, Kim, "Gated Linear Attention Transformers with
    Hardware-Efficient Training", 2023, arXiv:2312.06635 (chunks on a GPU).
"""

from typing import NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor

HEAD_DIMS = (16, 32, 64, 128)


class Tile(NamedTuple):
    """How the kernels cut the tokens and what each of their programs gets."""

    chunk: int  # tokens whose weights are computed as pairs
    chunks: int  # chunks per segment, walked through by one program
    num_warps: int  # groups of 32 threads per program
    num_stages: int  # loads in flight ahead of the arithmetic


def default_tile(head_dim: int, dtype: torch.dtype) -> Tile:
    """A start, never timed: ``python -m benchmarks.nlp.linear_attention --tune``."""
    if dtype == torch.float32:  # exact products miss the tensor cores: small blocks
        return Tile(16, 32, 8, 1)
    return Tile(64, 8, 8 if head_dim > 64 else 4, 2)


@triton.jit
def _phi(x):
    """elu(x) + 1 in float32; the inner choice keeps exp from overflowing."""
    x = x.to(tl.float32)
    return tl.where(x > 0, x + 1.0, tl.exp(tl.where(x > 0, 0.0, x)))


# --8<-- [start:sums]
@triton.jit(do_not_specialize=["length"])
def _segment_kernel(
    k_ptr, v_ptr, outer_ptr, key_ptr, length, d: tl.constexpr, chunk: tl.constexpr,
    chunks: tl.constexpr, precision: tl.constexpr,
):  # fmt: skip
    """The state that one segment alone would leave behind."""
    segments = tl.cdiv(length, chunk * chunks)
    segment = tl.program_id(0) % segments
    head = (tl.program_id(0) // segments).to(tl.int64)  # b * heads + h
    columns = tl.arange(0, d)
    k_ptr += head * length * d
    v_ptr += head * length * d
    outer_sum = tl.zeros([d, d], tl.float32)
    key_sum = tl.zeros([d], tl.float32)
    for i in range(chunks):
        rows = (segment * chunks + i) * chunk + tl.arange(0, chunk)
        exists = (rows < length)[:, None]
        place = rows[:, None] * d + columns[None, :]
        v = tl.load(v_ptr + place, mask=exists, other=0.0)
        k = tl.load(k_ptr + place, mask=exists, other=0.0)
        # Rows past the end have phi(0) = 1, but only in the last segment, whose sum
        # nobody reads.
        phi_k = _phi(k).to(v.dtype)
        outer_sum = tl.dot(tl.trans(phi_k), v, outer_sum, input_precision=precision)
        key_sum += tl.sum(phi_k.to(tl.float32), 0)
    # Slot 0 of each head stays empty, so that slot s becomes the sum of all before s.
    state = head * (segments + 1) + segment + 1
    square = columns[:, None] * d + columns[None, :]
    tl.store(outer_ptr + state * d * d + square, outer_sum)
    tl.store(key_ptr + state * d + columns, key_sum)
    # --8<-- [end:sums]


# --8<-- [start:outputs]
@triton.jit(do_not_specialize=["length"])
def _output_kernel(
    q_ptr, k_ptr, v_ptr, o_ptr, outer_ptr, key_ptr, length, d: tl.constexpr,
    chunk: tl.constexpr, chunks: tl.constexpr, precision: tl.constexpr,
    state_precision: tl.constexpr,
):  # fmt: skip
    """The outputs of one segment, from the prefix sums up to the segment before."""
    segments = tl.cdiv(length, chunk * chunks)
    segment = tl.program_id(0) % segments
    head = (tl.program_id(0) // segments).to(tl.int64)
    columns = tl.arange(0, d)
    q_ptr += head * length * d
    k_ptr += head * length * d
    v_ptr += head * length * d
    o_ptr += head * length * d
    before = head * (segments + 1) + segment
    square = columns[:, None] * d + columns[None, :]
    outer_sum = tl.load(outer_ptr + before * d * d + square)
    key_sum = tl.load(key_ptr + before * d + columns)
    for i in range(chunks):
        rows = (segment * chunks + i) * chunk + tl.arange(0, chunk)
        exists = (rows < length)[:, None]
        place = rows[:, None] * d + columns[None, :]
        v = tl.load(v_ptr + place, mask=exists, other=0.0)
        q = tl.load(q_ptr + place, mask=exists, other=0.0)
        k = tl.load(k_ptr + place, mask=exists, other=0.0)
        phi_q = _phi(q).to(v.dtype)
        phi_k = _phi(k).to(v.dtype)  # rows past the end come after all real queries
        weights = tl.dot(phi_q, tl.trans(phi_k), input_precision=precision)
        weights = tl.where(rows[:, None] >= rows[None, :], weights, 0.0).to(v.dtype)
        wide = phi_q.to(tl.float32)
        # The sum of the rounded weights, so that a lone token copies its value.
        total = tl.sum(wide * key_sum[None, :], 1) + tl.sum(weights.to(tl.float32), 1)
        o = tl.dot(wide, outer_sum, input_precision=state_precision)
        o = tl.dot(weights, v, o, input_precision=precision)
        o = (o / total[:, None]).to(o_ptr.dtype.element_ty)
        tl.store(o_ptr + place, o, mask=exists)
        outer_sum = tl.dot(tl.trans(phi_k), v, outer_sum, input_precision=precision)
        key_sum += tl.sum(phi_k.to(tl.float32), 0)
    # --8<-- [end:outputs]


_INTERPRETED = not isinstance(_output_kernel, triton.JITFunction)


# --8<-- [start:launch]
def triton_linear_attention(
    q: Tensor, k: Tensor, v: Tensor, tile: Tile | None = None
) -> Tensor:
    """Causal linear attention with phi = elu + 1 on the GPU, forward only.

    Args:
        q, k, v: shape (b, h, t, d), one shape for all, d in ``HEAD_DIMS``, bfloat16 or
            float32, all on one CUDA GPU. Copied if not contiguous.
        tile: sizes and resources; None takes ``default_tile``. ``chunk`` is a power of
            two >= 16, ``chunks`` at least 1.

    Returns:
        Shape and type of q. NaN where all weights of a query round to 0.

    Raises:
        ValueError: if shapes or types disagree or are not supported, ``chunk`` or
            ``chunks`` of the tile is none of the above, a gradient is wanted, or the
            tensors are where the kernels cannot run.
    """
    _check(q, k, v)
    (b, h, length, d), tile = q.shape, tile or default_tile(q.shape[-1], q.dtype)
    if tile.chunk < 16 or tile.chunk & (tile.chunk - 1) or tile.chunks < 1:
        raise ValueError(f"need chunk a power of two >= 16, chunks >= 1, got {tile}")
    q, k, v = q.contiguous(), k.contiguous(), v.contiguous()
    o = torch.empty_like(q)
    segments = triton.cdiv(length, tile.chunk * tile.chunks)
    outer_sum = q.new_zeros(b * h, segments + 1, d, d, dtype=torch.float32)
    key_sum = q.new_zeros(b * h, segments + 1, d, dtype=torch.float32)
    exact = q.dtype == torch.float32
    precision, state_precision = "ieee", "ieee" if exact else "tf32"
    options = {**tile._asdict(), "enable_fp_fusion": True, "precision": precision}
    programs = (b * h * segments,)
    with torch.cuda.device_of(q):  # Triton launches on the current device
        _segment_kernel[programs](k, v, outer_sum, key_sum, length, d, **options)
        outer_sum, key_sum = outer_sum.cumsum(1), key_sum.cumsum(1)
        _output_kernel[programs](
            q, k, v, o, outer_sum, key_sum, length, d,
            state_precision=state_precision, **options,
        )  # fmt: skip
    return o
    # --8<-- [end:launch]


def _check(q: Tensor, k: Tensor, v: Tensor) -> None:
    shapes = ", ".join(str(tuple(x.shape)) for x in (q, k, v))
    if not q.shape == k.shape == v.shape or q.ndim != 4 or q.numel() == 0:
        raise ValueError(f"need q, k, v of one shape (b, h, t, d), got {shapes}")
    if q.shape[-1] not in HEAD_DIMS:
        raise ValueError(f"d must be one of {HEAD_DIMS}, got {q.shape[-1]}")
    if not q.dtype == k.dtype == v.dtype:
        raise ValueError(f"need one dtype, got {q.dtype}, {k.dtype}, {v.dtype}")
    # Not float16: weights between 64 features pass 65,504 for inputs of size 32.
    known = [torch.float32] + [torch.bfloat16] * (not _INTERPRETED)
    if q.dtype not in known:
        names = ", ".join(str(x) for x in known)
        where = " in Triton's interpreter" * _INTERPRETED
        raise ValueError(f"dtype must be one of {names}{where}, got {q.dtype}")
    if torch.is_grad_enabled() and any(x.requires_grad for x in (q, k, v)):
        raise ValueError("the kernels are forward only, got inputs that want gradients")
    devices = [x.device for x in (q, k, v)]
    if len(set(devices)) > 1 or not (_INTERPRETED or q.is_cuda):
        raise ValueError(
            "need tensors on one CUDA GPU (or TRITON_INTERPRET=1 in the environment "
            f"before triton is imported), got {', '.join(map(str, devices))}"
        )
