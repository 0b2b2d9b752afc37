"""The loss of the four box offsets: quadratic near 0, linear far away.

Reference:
    Girshick, "Fast R-CNN", ICCV 2015, arXiv:1504.08083 (smooth L1).
"""

import torch
from torch import Tensor

from .pooling import _check_positive


# --8<-- [start:smooth_l1]
def smooth_l1(x: Tensor, beta: float = 1.0) -> Tensor:
    """Elementwise x * x / (2 * beta) up to beta in size, |x| - beta / 2 beyond.

    Raises:
        ValueError: if beta is not finite and > 0.
    """
    _check_positive("beta", beta)
    size = x.abs()
    near = size.clamp(max=beta)  # keeps the branch not taken, and its gradient, finite
    return torch.where(size < beta, 0.5 * near * near / beta, size - 0.5 * beta)
    # --8<-- [end:smooth_l1]
