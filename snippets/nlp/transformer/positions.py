"""Sines that tell attention, which sees a set, where each token stands.

Reference:
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.
"""

import torch
from torch import Tensor

from ._checks import _integer


# --8<-- [start:pe]
def sinusoidal_pe(t: int, d: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Sines in even features, cosines in odd ones, of i * 10000^(-2g / d) for pair g.

    Args:
        t: number of positions i = 0, 1, ..., t - 1.
        d: features; even, since they come in pairs.
        dtype: of the result. Angles are float64: float32 ones go wrong for large i.

    Returns:
        Shape (t, d).

    Raises:
        ValueError: if t is not an integer >= 0, d not an even one >= 2, or dtype not
            floating.
    """
    t, d = _integer("t", t, 0), _integer("d", d, 2)
    if d % 2 or not dtype.is_floating_point:
        raise ValueError(f"d must be even, dtype floating point, got {d}, {dtype}")
    frequency = 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.arange(t, dtype=torch.float64)[:, None] * frequency
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1).to(dtype)
    # --8<-- [end:pe]
