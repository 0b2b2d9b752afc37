"""Selective copying: keep the marked token, skip the noise around it.

Axes: b batch, t token, n state number.

Reference:
    Gu, Dao, "Mamba", 2023, arXiv:2312.00752.
"""

import torch
from torch import Tensor

from ._checks import _in_32_bits, _integer
from .selective import selective_ssm


# --8<-- [start:copying]
def selective_copying(
    sequences: int, tokens: int, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Noise, one marked token a sequence; the answer is the value at the mark.

    Returns:
        values, shape (b, t), standard normal float64; mark, shape (b, t), bool, one
        True a row; target, shape (b,). All are on the generator's device.

    Raises:
        ValueError: if a count is not an integer >= 1.
    """
    shape = _integer("sequences", sequences), _integer("tokens", tokens)
    here = {"generator": generator, "device": generator.device}
    values = torch.randn(shape, dtype=torch.float64, **here)
    where = torch.randint(shape[1], (shape[0], 1), **here)
    mark = torch.zeros_like(values, dtype=torch.bool).scatter(1, where, True)
    return values, mark, values[mark]


@_in_32_bits
def remember_marked(values: Tensor, mark: Tensor, size: float = 30.0) -> Tensor:
    """Last state, shape (b,), of one channel whose step says: take it, or skip it.

    With n = 1, A = -1, B = 1 and delta = softplus(z) the exact step is a gate,
    h <- (1 - g) h + g u with g = sigmoid(z); z is +size at the mark, else -size.

    Raises:
        ValueError: if values and mark are not of one shape (b, t), none empty.
    """
    if values.ndim != 2 or values.shape != mark.shape or 0 in values.shape:
        got = f"{tuple(values.shape)} and {tuple(mark.shape)}"
        raise ValueError(f"values and mark must be (b, t), not empty, got {got}")
    z = torch.where(mark.bool(), size, -size).to(values.dtype)
    ones = torch.ones_like(values)[..., None]
    delta = torch.nn.functional.softplus(z)[..., None]
    A, D = -ones[0, :1], values.new_zeros(1)
    y = selective_ssm(values[..., None], delta, A, ones, ones, D, method="zoh")
    return y[:, -1, 0]
    # --8<-- [end:copying]
