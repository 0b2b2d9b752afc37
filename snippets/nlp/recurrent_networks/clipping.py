"""Gradient clipping by the global norm: all gradients are one vector.

PyTorch's ``clip_grad_norm_`` works in place and divides by the norm plus 1e-6.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ._checks import _check_float, _number, _wide


# --8<-- [start:clip]
def clip_by_global_norm(
    grads: Sequence[Tensor], limit: float
) -> tuple[list[Tensor], Tensor]:
    """Gradients times one number, so that together they are at most ``limit`` long.

    Args:
        grads: tensors of any shapes, on one device.
        limit: the bound, > 0.

    Returns:
        New tensors, and the norm before, of shape (), in float32 at least.

    Raises:
        ValueError: if there are no gradients, one is not of floats, a number or the
            norm is not finite, or limit is not a number > 0.
    """
    limit, given = _number("limit", limit, 0), list(grads)
    if not given:
        raise ValueError("grads must have at least one tensor, got none")
    for number, g in enumerate(given):
        _check_float(f"grads[{number}]", g, (None,) * getattr(g, "ndim", 0))
    flat = torch.cat([g.flatten() for g in _wide(*given)])
    largest = flat.detach().abs().amax() if flat.numel() else flat.sum()
    if largest == 0:
        return [g.clone() for g in given], largest
    # Squares of huge numbers overflow and of tiny ones vanish: divide first.
    length = (flat / largest).square().sum().sqrt()
    norm = largest * length
    if not norm.isfinite():
        raise ValueError(f"grads must have a finite norm, got {norm.item()}")
    if norm <= limit:
        return [g.clone() for g in given], norm
    return [
        (wide / largest / length * limit).to(g.dtype)
        for wide, g in zip(_wide(*given), given, strict=True)
    ], norm
    # --8<-- [end:clip]
