"""Which coordinate of the code depends on which coordinate of the point."""

from collections.abc import Callable

import torch
from torch import Tensor


# --8<-- [start:support]
def jacobian_support(model: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Which output depends on which input, at any of the points x (n, d).

    Args:
        model: maps (n, d) to (n, d), each row on its own, such as a coupling, a
            ``NICE`` or an ``nn.Sequential`` of couplings.
        x: the points, (n, d), floating point.

    Returns:
        Boolean, shape (d, d): entry (i, j) is True if the derivative of output i by
        input j is not zero at some point.

    Raises:
        ValueError: if x is not (n, d) or not floating point.
    """
    if x.ndim != 2 or not x.is_floating_point():
        raise ValueError(f"x must be floating, (n, d), got {x.dtype}, {tuple(x.shape)}")
    # Rows do not interact, so the sum over points keeps every row's own derivative.
    jacobian = torch.autograd.functional.jacobian(lambda rows: model(rows).sum(0), x)
    return (jacobian != 0).any(1)
    # --8<-- [end:support]
