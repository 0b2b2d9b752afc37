"""Selective copying: keep the marked token, skip the noise around it.

Axes: b batch, t token, n state number.

Reference:
    Gu, Dao, "Mamba", 2023, arXiv:2312.00752.
"""

import torch
from torch import Tensor

from .selective import selective_ssm


# --8<-- [start:copying]
def selective_copying(
    sequences: int, tokens: int, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Noise, one marked token a sequence; the answer is the value at the mark.

    Returns:
        values, shape (b, t), standard normal float64; mark, shape (b, t), bool, one
        True a row; target, shape (b,).
    """
    values = torch.randn(sequences, tokens, generator=generator, dtype=torch.float64)
    where = torch.randint(tokens, (sequences, 1), generator=generator)
    mark = torch.zeros(sequences, tokens, dtype=torch.bool).scatter(1, where, True)
    return values, mark, values[mark]


def remember_marked(values: Tensor, mark: Tensor, size: float = 30.0) -> Tensor:
    """Last state, shape (b,), of one channel whose step says: take it, or skip it.

    With n = 1, A = -1, B = 1 and delta = softplus(z) the exact step is a gate,
    h <- (1 - g) h + g x with g = sigmoid(z); z is +size at the mark, else -size.
    """
    z = torch.where(mark, size, -size).to(values.dtype)
    ones = torch.ones(*values.shape, 1, dtype=values.dtype)
    delta = torch.nn.functional.softplus(z)[..., None]
    A, D = -ones[0, :1], torch.zeros(1, dtype=values.dtype)
    y = selective_ssm(values[..., None], delta, A, ones, ones, D, method="zoh")
    return y[:, -1, 0]
    # --8<-- [end:copying]
