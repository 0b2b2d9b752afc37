"""Attention with its own backward pass, as autograd takes it: in torch, or by kernels.

Axes: b batch, h head, t query tokens, s key tokens, d features.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .backward import flash_attention_backward
from .forward import flash_attention_forward


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
    """The same attention by GPU kernels; see ``kernels.py``.

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
    from . import kernels

    return kernels.triton_flash_attention(q, k, v, causal, scale)
