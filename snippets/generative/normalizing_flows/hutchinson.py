"""A trace from products with random vectors, without the matrix.

Reference:
    Grathwohl et al., "FFJORD", 2018, arXiv:1810.01367, for its use in flows.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import _integer, _normal, _uniform


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
            They lie where the generator does.
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
    size = torch.Size([_integer("n", n), _integer("dim", dim)])
    where = None if generator is None else generator.device
    like = torch.empty(0, dtype=torch.float64, device=where)
    e = _PROBES[dist](size, generator, like)
    product = matvec(e)
    if product.shape != e.shape:
        came = tuple(product.shape)
        raise ValueError(f"matvec must return shape {tuple(e.shape)}, got {came}")
    return (e * product).sum(1)
    # --8<-- [end:hutchinson]


def _rademacher(
    shape: torch.Size, generator: torch.Generator | None, like: Tensor
) -> Tensor:
    return 2 * (_uniform(shape, generator, like) < 0.5).to(like.dtype) - 1


_PROBES = {"rademacher": _rademacher, "gaussian": _normal}
