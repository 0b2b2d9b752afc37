"""How near a rank comes to a matrix, and how many numbers it takes."""

from collections.abc import Iterable

import torch
from torch import Tensor

from ._checks import _floats, _integer, _shape


# --8<-- [start:nearest]
@torch.no_grad()
def best_rank_update(delta: Tensor, rank: int) -> tuple[Tensor, Tensor, Tensor]:
    """Factors of the matrix of this rank that is nearest to delta: its cut SVD.

    Args:
        delta: shape (o, i), finite.
        rank: r, from 1 to min(o, i).

    Returns:
        a, shape (r, i), and b, shape (o, r), balanced: both carry the roots of the
        singular values, and no row of a has its entry of largest size below 0. Then the
        Frobenius distance of b @ a to delta, before both are rounded, shape (). Dtype
        of ``delta``; no gradient.

    Raises:
        ValueError: delta is no finite matrix of floats, or rank is out of range.
    """
    _floats("delta", delta, 2)
    r = _integer("rank", rank, 1, min(_shape(delta)))
    if not delta.isfinite().all():
        raise ValueError("delta must be finite, got NaN or infinity")
    left, s, right = torch.linalg.svd(delta.double(), full_matrices=False)
    # A pair of singular vectors may change its sign together; fix it.
    largest = right.abs().argmax(dim=1, keepdim=True)
    sign = torch.where(right.gather(1, largest) < 0, -1.0, 1.0)  # (min(o, i), 1)
    root = s[:r].sqrt()
    a = root[:, None] * (sign * right)[:r]
    b = left[:, :r] * sign[:r, 0] * root
    error = torch.linalg.vector_norm(s[r:])
    return a.to(delta.dtype), b.to(delta.dtype), error.to(delta.dtype)
    # --8<-- [end:nearest]


# --8<-- [start:count]
def lora_parameters(shapes: Iterable[tuple[int, int]], rank: int) -> int:
    """Trained numbers if each of these matrices gets factors: r * (o + i) summed up.

    Args:
        shapes: (o, i) of each matrix.
        rank: r, from 1 to the smallest side.

    Raises:
        ValueError: a side is no integer >= 1, or rank is out of range.
    """
    r, total = _integer("rank", rank, 1), 0
    if not isinstance(shapes, Iterable):
        raise ValueError(f"shapes must hold pairs (o, i), got {shapes!r}")
    for shape in shapes:
        try:
            o, i = shape
        except (TypeError, ValueError):
            raise ValueError(f"shapes must hold pairs (o, i), got {shape!r}") from None
        o, i = _integer("o", o, 1), _integer("i", i, 1)
        total += _integer("rank", r, 1, min(o, i)) * (o + i)
    return total
    # --8<-- [end:count]
