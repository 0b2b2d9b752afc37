"""The two operators between which a layer is split, for real ranks, by PyTorch.

Both are the identity on one side and an all-reduce on the other; each is the other's
backward.
"""

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd.function import FunctionCtx


# --8<-- [start:operators]
class EnterSplit(torch.autograd.Function):
    """f: ``EnterSplit.apply(x)`` before a column split; x of any shape."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor) -> Tensor:
        """The same x."""
        return x.view_as(x)

    @staticmethod
    def backward(ctx: FunctionCtx, grad: Tensor) -> Tensor:
        """Each rank has the part of its own columns: their sum."""
        grad = grad.clone()  # autograd's own, and not to be written to
        dist.all_reduce(grad)
        return grad


class LeaveSplit(torch.autograd.Function):
    """g: ``LeaveSplit.apply(y)`` after a row split; y of any shape."""

    @staticmethod
    def forward(ctx: FunctionCtx, y: Tensor) -> Tensor:
        """The sum of all ranks' y."""
        y = y.clone()
        dist.all_reduce(y)
        return y

    @staticmethod
    def backward(ctx: FunctionCtx, grad: Tensor) -> Tensor:
        """The same gradient: y is a term of a sum."""
        return grad

    # --8<-- [end:operators]
