"""The loss of the four box offsets: quadratic near 0, linear far away.

Reference:
    Girshick, "Fast R-CNN", ICCV 2015, arXiv:1504.08083 (smooth L1).
"""

import torch
from torch import Tensor

from ._checks import positive


# --8<-- [start:smooth_l1]
def smooth_l1(x: Tensor, beta: float = 1.0) -> Tensor:
    """Elementwise x * x / (2 * beta) up to beta in size, |x| - beta / 2 beyond.

    Computed in float32 at least; the result has the type of x.

    Raises:
        ValueError: if beta is not finite and > 0 or leaves the range of that type, or x
            is not floating point.
    """
    positive("beta", beta)
    if not x.is_floating_point():
        raise ValueError(f"x must be floating point, got {x.dtype}")
    wide = torch.promote_types(x.dtype, torch.float32)
    if not torch.finfo(wide).tiny <= beta <= torch.finfo(wide).max:
        raise ValueError(f"beta must be a normal number of {wide}, got {beta}")
    size = x.abs().to(wide)
    near = size.clamp(max=beta)  # keeps the branch not taken, and its gradient, finite
    loss = torch.where(size < beta, 0.5 * near * (near / beta), size - 0.5 * beta)
    return loss.to(x.dtype)
    # --8<-- [end:smooth_l1]
