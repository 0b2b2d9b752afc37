"""The elementwise middle of SwiGLU, silu(a) * b, as one GPU kernel each way.

PyTorch's eager mode runs two kernels and sends silu(a) through memory in between:
reads of a, silu(a), b and writes of silu(a) and the product, 5 elements moved where
3 must move. The arithmetic is negligible, so the bytes decide. Here everything between
load and store happens in float32 registers, whatever the dtype of the tensors is.

Tensors are seen as rows by columns, the last axis being the columns; rows may lie
apart, so that a and b can be the two halves of one matrix product without a copy.

On a machine without a GPU the same kernels run through Triton's interpreter, if
``TRITON_INTERPRET=1`` is set before triton is imported (float32 and float16 only).

Reference:
    Tillet, Kung, Cox, "Triton", MAPL 2019, doi:10.1145/3315508.3329973.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.autograd.function import once_differentiable

_BLOCK = 1024  # columns per program

# Said outright because its default may change: triton pull request 11270.
_OPTIONS = {"enable_fp_fusion": True}


# --8<-- [start:forward]
@triton.jit
def _sigmoid(a):
    """1 / (1 + exp(-a)), by an exponential that cannot overflow."""
    e = tl.exp(-tl.abs(a))
    return tl.where(a >= 0, 1.0, e) / (1 + e)


@triton.jit
def _forward_kernel(
    a_ptr, b_ptr, out_ptr, a_stride, b_stride, columns, block: tl.constexpr
):
    """One block of columns of one row: out = silu(a) * b."""
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * block + tl.arange(0, block)
    exists = column < columns
    a = tl.load(a_ptr + row * a_stride + column, mask=exists, other=0.0).to(tl.float32)
    b = tl.load(b_ptr + row * b_stride + column, mask=exists, other=0.0).to(tl.float32)
    out = a * _sigmoid(a) * b  # not rounded in between, as two kernels would
    place = out_ptr + row * columns + column
    tl.store(place, out.to(out_ptr.dtype.element_ty), mask=exists)
    # --8<-- [end:forward]


@triton.jit
def _backward_kernel(
    a_ptr, b_ptr, do_ptr, da_ptr, db_ptr, a_stride, b_stride, do_stride, columns,
    block: tl.constexpr,
):  # fmt: skip
    """One block of columns of one row of both gradients; silu(a) is computed again."""
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * block + tl.arange(0, block)
    exists = column < columns
    a = tl.load(a_ptr + row * a_stride + column, mask=exists, other=0.0).to(tl.float32)
    b = tl.load(b_ptr + row * b_stride + column, mask=exists, other=0.0).to(tl.float32)
    do = tl.load(do_ptr + row * do_stride + column, mask=exists, other=0.0)
    do = do.to(tl.float32)
    s = _sigmoid(a)
    da = do * b * s * (1 + a * (1 - s))
    db = do * a * s
    place = row * columns + column
    tl.store(da_ptr + place, da.to(da_ptr.dtype.element_ty), mask=exists)
    tl.store(db_ptr + place, db.to(db_ptr.dtype.element_ty), mask=exists)


_INTERPRETED = not isinstance(_forward_kernel, triton.JITFunction)


def _rows(x: Tensor) -> Tensor:
    """x as rows by columns, with column stride 1; a view where it can be."""
    x = x.reshape(-1, x.shape[-1])
    return x if x.stride(1) == 1 else x.contiguous()


class _SiluMul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        a_rows, b_rows = _rows(a), _rows(b)
        rows, columns = a_rows.shape
        out = torch.empty_like(a, memory_format=torch.contiguous_format)
        _forward_kernel[(rows, triton.cdiv(columns, _BLOCK))](
            a_rows,
            b_rows,
            out,
            a_rows.stride(0),
            b_rows.stride(0),
            columns,
            _BLOCK,
            **_OPTIONS,
        )
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, do):
        a, b = ctx.saved_tensors
        inputs = [_rows(x) for x in (a, b, do)]
        rows, columns = inputs[0].shape
        da, db = (
            torch.empty_like(x, memory_format=torch.contiguous_format) for x in (a, b)
        )
        strides = [x.stride(0) for x in inputs]
        _backward_kernel[(rows, triton.cdiv(columns, _BLOCK))](
            *inputs, da, db, *strides, columns, _BLOCK, **_OPTIONS
        )
        return da, db


def silu_mul(a: Tensor, b: Tensor) -> Tensor:
    """silu(a) * b in one kernel, differentiable once.

    Args:
        a: through the activation; shape (..., hidden), not empty, float16, bfloat16
            or float32, on a CUDA GPU.
        b: shape, dtype and device of a. Either may be a slice of the last axis.

    Returns:
        Shape and dtype of a, contiguous.

    Raises:
        ValueError: if shapes or types disagree or are not supported, or the tensors
            are where the kernels cannot run.
    """
    if a.shape != b.shape or a.numel() == 0 or a.ndim == 0:
        raise ValueError(
            "need a and b of one shape (..., hidden), not empty, "
            f"got {tuple(a.shape)} and {tuple(b.shape)}"
        )
    # The interpreter is no judge of bfloat16, so it may not see any.
    known = [torch.float16, torch.float32] + [torch.bfloat16] * (not _INTERPRETED)
    if a.dtype != b.dtype or a.dtype not in known:
        names = ", ".join(str(x) for x in known)
        where = " in Triton's interpreter" * _INTERPRETED
        raise ValueError(
            f"need one dtype of {names}{where}, got {a.dtype} and {b.dtype}"
        )
    if a.device != b.device or not (_INTERPRETED or a.is_cuda):
        raise ValueError(
            "need tensors on one CUDA GPU (or TRITON_INTERPRET=1 in the environment "
            f"before triton is imported), got {a.device} and {b.device}"
        )
    with torch.cuda.device_of(a):  # Triton launches on the current device
        return _SiluMul.apply(a, b)
