"""Reformer's hashing: vectors of similar direction fall into the same bucket.

Reference:
    Kitaev, Kaiser, Levskaya, "Reformer", ICLR 2020, arXiv:2001.04451.
"""

import torch
from torch import Tensor

from ._checks import _integer


# --8<-- [start:lsh]
def lsh_buckets(x: Tensor, n_rot: int, gen: torch.Generator) -> Tensor:
    """Reformer's hash: the largest product with n_rot directions and their opposites.

    With one direction the bucket is the sign of one product, and two vectors at angle
    theta share it with probability 1 - theta / pi.

    Args:
        x: shared queries and keys, shape (..., t, d). Lengths do not matter.
        n_rot: random directions, >= 1; there are 2 n_rot buckets.
        gen: draws anew for each leading index, in float64, on its own device.

    Returns:
        Integers from 0 to 2 n_rot - 1, shape (..., t).

    Raises:
        ValueError: if n_rot < 1, x is not of floats, or an axis is missing or empty.
    """
    n_rot = _integer("n_rot", n_rot, 1)
    if x.ndim < 2 or 0 in x.shape or not x.is_floating_point():
        got = f"{x.dtype} {tuple(x.shape)}"
        raise ValueError(f"need x (..., t, d) of floats, no axis empty, got {got}")
    shape = (*x.shape[:-2], x.shape[-1], n_rot)
    # In float64 whatever x is, or rounding decides between close directions.
    drawn = torch.randn(shape, generator=gen, dtype=torch.float64, device=gen.device)
    products = x.double() @ drawn.to(x.device)
    return torch.cat([products, -products], dim=-1).argmax(-1)
    # --8<-- [end:lsh]
