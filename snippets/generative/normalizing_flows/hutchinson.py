"""A trace from products with random vectors, without the matrix.

Reference:
    Grathwohl et al., "FFJORD", 2018, arXiv:1810.01367, for its use in flows.
"""

from collections.abc import Callable

import torch
from torch import Tensor


# --8<-- [start:hutchinson]
def hutchinson_trace(
    matvec: Callable[[Tensor], Tensor],
    dim: int,
    n: int,
    dist: str = "rademacher",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Estimates of a trace from products with random vectors: e . (A e).

    Args:
        matvec: from vectors (n, dim), float64, one a row, to A times each, (n, dim).
        dim: A is (dim, dim).
        n: how many estimates.
        dist: "rademacher", entries +-1, or "gaussian", standard normal entries.
        generator: source of the vectors; the global one if None.

    Returns:
        Float64, shape (n,): unbiased, independent; average them.

    Raises:
        ValueError: if dist is unknown, dim or n no integer >= 1, or a shape changes.
    """
    if dist not in _PROBES:
        raise ValueError(f"dist must be rademacher or gaussian, got {dist!r}")
    for name, value in (("dim", dim), ("n", n)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
    e = _PROBES[dist](torch.Size([n, dim]), generator, torch.float64)
    product = matvec(e)
    if product.shape != e.shape:
        came = tuple(product.shape)
        raise ValueError(f"matvec must return shape {tuple(e.shape)}, got {came}")
    return (e * product).sum(1)
    # --8<-- [end:hutchinson]


def _rademacher(
    shape: torch.Size, generator: torch.Generator | None, dtype: torch.dtype
) -> Tensor:
    return 2 * torch.randint(2, shape, generator=generator, dtype=dtype) - 1


def _gaussian(
    shape: torch.Size, generator: torch.Generator | None, dtype: torch.dtype
) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=dtype)


_PROBES = {"rademacher": _rademacher, "gaussian": _gaussian}
