"""The selective scan as a GPU kernel, written in Triton; forward only.

The states, n numbers for each token and channel, never reach memory: a program owns
``block_d`` channels, reads ``block_t`` tokens, scans them with ``tl.associative_scan``,
sums over n and writes y. What goes on to the next tokens is one state. If batch and
channels give too few programs, the sequence is cut into segments: a first launch
reduces each to the pair (a, b) of the scan, torch scans the pairs, a second launch
starts each segment from its state. So one operator works at three levels.

Tensors are contiguous, u, delta, y (b, t, d), Bt, Ct (b, t, n); A arrives as (n, d).
Padded tokens have delta = 0, which leaves any state as it is.

On a machine without a GPU the same kernel runs through Triton's interpreter, if
``TRITON_INTERPRET=1`` is set before triton is imported.

References:
    Gu, Dao, "Mamba", 2023, arXiv:2312.00752, section 3.3 (states stay on the chip).
    Blelloch, "Prefix Sums and Their Applications", 1990 (reduce, then scan).
"""

import math
from typing import NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor

from ._checks import _check_selective, _integer
from .scan import scan_associative

_LOG2_E = tl.constexpr(math.log2(math.e))
MAX_STATES = 64


class Tile(NamedTuple):
    """How the kernel cuts the problem and what each of its programs gets."""

    block_t: int = 16  # tokens scanned at once
    block_d: int = 32  # channels of one program
    num_warps: int = 4  # groups of 32 threads per program
    num_stages: int = 2  # loads in flight ahead of the arithmetic


# --8<-- [start:kernel]
@triton.jit
def _join(a1, b1, a2, b2):
    """Triton hands over the earlier stretch first."""
    return a2 * a1, a2 * b1 + b2


@triton.jit(do_not_specialize=["tokens", "segment"])
def _selective_kernel(
    u_ptr, delta_ptr, a_ptr, bt_ptr, ct_ptr, skip_ptr, start_ptr, y_ptr, end_ptr,
    span_ptr, tokens, segment, channels, n: tl.constexpr, n_padded: tl.constexpr,
    reduce: tl.constexpr, block_t: tl.constexpr, block_d: tl.constexpr,
    stages: tl.constexpr,
):  # fmt: skip
    """One segment of one sequence for a block of channels: y, or only its end."""
    batch = tl.program_id(2).to(tl.int64)
    d = tl.program_id(0) * block_d + tl.arange(0, block_d)
    states = tl.arange(0, n_padded)
    own = (states[:, None] < n) & (d[None, :] < channels)
    place = states[:, None] * channels + d[None, :]
    # exp(delta A) = exp2(delta A log2 e): the hardware's exponential is 2**x.
    a_log2 = tl.load(a_ptr + place, mask=own, other=0.0) * _LOG2_E
    skip = tl.load(skip_ptr + d, mask=d < channels, other=0.0)
    # Of this segment, among all (segment, batch) pairs.
    pair = tl.program_id(1) * tl.num_programs(2) + batch
    h = tl.load(start_ptr + pair * n * channels + place, mask=own, other=0.0)
    span = tl.zeros([block_d], tl.float32)
    first = tl.program_id(1) * segment
    stop = tl.minimum(first + segment, tokens)
    row = tl.arange(0, block_t)
    for t in tl.range(first, stop, block_t, num_stages=stages):
        token = batch * tokens + t
        live = (t + row < stop)[:, None]
        seen = live & (d[None, :] < channels)
        at = token * channels + row[:, None] * channels + d[None, :]
        u = tl.load(u_ptr + at, mask=seen, other=0.0).to(tl.float32)
        delta = tl.load(delta_ptr + at, mask=seen, other=0.0).to(tl.float32)
        weight = token * n + row[:, None] * n + states[None, :]
        known = live & (states[None, :] < n)
        bt = tl.load(bt_ptr + weight, mask=known, other=0.0).to(tl.float32)
        a = tl.exp2(delta[:, None, :] * a_log2[None, :, :])  # (t, n, d)
        b = (delta * u)[:, None, :] * bt[:, :, None]
        # The state so far enters through the first token.
        b += tl.where((row == 0)[:, None, None], a * h[None, :, :], 0.0)
        _, hs = tl.associative_scan((a, b), 0, _join)
        h = tl.sum(tl.where((row == block_t - 1)[:, None, None], hs, 0.0), 0)
        if reduce:
            span += tl.sum(delta, 0)
        else:
            ct = tl.load(ct_ptr + weight, mask=known, other=0.0).to(tl.float32)
            y = tl.sum(hs * ct[:, :, None], 1) + skip[None, :] * u
            tl.store(y_ptr + at, y.to(y_ptr.dtype.element_ty), mask=seen)
    if reduce:
        tl.store(end_ptr + pair * n * channels + place, h, mask=own)
        tl.store(span_ptr + pair * channels + d, span, mask=d < channels)
    # --8<-- [end:kernel]


_INTERPRETED = not isinstance(_selective_kernel, triton.JITFunction)


def default_tile(n: int) -> Tile:
    """Fewer tokens at once for more states: a tile of (t, n, d) lives in registers."""
    return Tile(block_t=max(2, min(16, 256 // triton.next_power_of_2(n))))


def default_segments(b: int, t: int, d: int, tile: Tile, programs: int = 512) -> int:
    """Segments until there are ``programs``, of no fewer than 4 ``block_t`` tokens."""
    wanted = triton.cdiv(programs, b * triton.cdiv(d, tile.block_d))
    return max(1, min(wanted, t // (4 * tile.block_t)))


# --8<-- [start:launch]
def launch(
    u: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor,
    segments: int, tile: Tile,
) -> Tensor:  # fmt: skip
    """The launches behind ``triton_selective_ssm``; inputs contiguous, not checked."""
    b, t, d = u.shape
    n = A.shape[1]
    a = A.float().T.contiguous()  # (n, d), channels side by side
    segment = triton.cdiv(triton.cdiv(t, segments), tile.block_t) * tile.block_t
    segments = triton.cdiv(t, segment)
    y = torch.empty_like(u)
    start, end = torch.zeros(2, segments, b, n, d, device=u.device)
    span = torch.zeros(segments, b, 1, d, device=u.device)
    grid = triton.cdiv(d, tile.block_d), segments, b

    def run(reduce: bool) -> None:
        _selective_kernel[grid](
            u, delta, a, Bt, Ct, D, start, y, end, span, t, segment, d,
            n, triton.next_power_of_2(n), reduce, tile.block_t, tile.block_d,
            tile.num_stages, num_warps=tile.num_warps,
            # Said outright because its default is about to change in Triton 3.10.
            enable_fp_fusion=True,
        )  # fmt: skip

    if segments > 1:
        run(reduce=True)
        start[1:] = scan_associative(torch.exp(span * a), end)[:-1]
    run(reduce=False)
    return y
    # --8<-- [end:launch]


def triton_selective_ssm(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    Bt: Tensor,
    Ct: Tensor,
    D: Tensor,
    segments: int | None = None,
    tile: Tile | None = None,
) -> Tensor:
    """``selective_ssm`` with Mamba's Bbar on the GPU; no gradients.

    Args:
        u, delta: shape (b, t, d), delta >= 0.
        A: below 0, shape (d, n), n <= ``MAX_STATES``; D: shape (d,). Kept in float32.
        Bt, Ct: shape (b, t, n). One type for u, delta, Bt and Ct, float16, bfloat16 or
            float32; all on one CUDA GPU. Copied if not contiguous.
        segments: pieces the sequence is cut into; None takes ``default_segments``.
        tile: block sizes, powers of two, and resources; None takes ``default_tile``.

    Returns:
        Shape and type of u.

    Raises:
        ValueError: as ``selective_ssm``, or if types, n, segments, a wish for
            gradients or the device are what the kernel cannot serve.
    """
    tensors = (u, delta, A, Bt, Ct, D)
    _check_selective(*tensors)
    if A.shape[1] > MAX_STATES:
        raise ValueError(f"n must be <= {MAX_STATES}, got {A.shape[1]}")
    types = {z.dtype for z in (u, delta, Bt, Ct)}
    # The interpreter cuts float32 to bfloat16 instead of rounding it.
    known = [torch.float16, torch.float32] + [torch.bfloat16] * (not _INTERPRETED)
    if len(types) > 1 or u.dtype not in known:
        names = ", ".join(map(str, known))
        where = " in Triton's interpreter" * _INTERPRETED
        got = ", ".join(sorted(map(str, types)))
        raise ValueError(f"need one dtype of {names}{where}, got {got}")
    if torch.is_grad_enabled() and any(z.requires_grad for z in tensors):
        raise ValueError(
            "the kernel is forward only, got a tensor that wants gradients"
        )
    devices = [z.device for z in tensors]
    if len(set(devices)) > 1 or not (_INTERPRETED or u.is_cuda):
        raise ValueError(
            "need tensors on one CUDA GPU (or TRITON_INTERPRET=1 in the environment "
            f"before triton is imported), got {', '.join(map(str, devices))}"
        )
    tile = tile or default_tile(A.shape[1])
    segments = default_segments(*u.shape, tile) if segments is None else segments
    segments = _integer("segments", segments)
    u, delta, Bt, Ct = (z.contiguous() for z in (u, delta, Bt, Ct))
    with torch.cuda.device_of(u):  # Triton launches on the current device
        return launch(u, delta, A, Bt, Ct, D.float().contiguous(), segments, tile)
