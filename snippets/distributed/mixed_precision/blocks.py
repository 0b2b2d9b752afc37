"""Scales that move numbers into the range of a format of 8 bits.

Source: Micikevicius et al. 2022, arXiv:2209.05433 (a scale per tensor); Rouhani et al.
2023, arXiv:2310.10537 (a scale per block; theirs are powers of two).
"""

import numpy as np

from ._checks import _integer, _vector
from .formats import limits, round_to


# --8<-- [start:blocks]
def scaled_quantise(
    x: np.ndarray, name: str, block: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Divide by a scale, round, multiply: the largest of a block meets the format's.

    Args:
        x: shape (n,), finite.
        name: one of ``FORMATS``.
        block: numbers that share a scale, a divisor of n; None for all.

    Returns:
        The numbers that are left, shape (n,), and the scales, shape (n / block,). A
        block of zeros has scale 1, as has one whose scale would be below 2.2e-308.

    Raises:
        ValueError: an unknown format, or x empty, not finite, not of one axis, above
            1e300, or not divisible by the block.
    """
    values, largest = _vector("x", x), limits(name)["max"]
    size = len(values) if block is None else _integer("block", block, 1)
    if len(values) % size:
        raise ValueError(f"block must divide {len(values)} numbers, got {size}")
    blocks = values.reshape(-1, size)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / largest
    scale = np.where(scale < np.finfo(np.float64).tiny, 1, scale)
    rounded = round_to(blocks / scale, name, saturate=True) * scale
    return rounded.reshape(-1), scale.reshape(-1)
    # --8<-- [end:blocks]
