"""What the networks of this note refuse alike."""

import torch
from torch import Tensor


def _check_float(
    name: str,
    tensor: Tensor,
    shape: tuple[int | None, ...],
    dtype: torch.dtype | None = None,
) -> None:
    """Refuse a tensor that is not floating point or not of the shape; None is any size.

    Raises:
        ValueError: says which tensor, what is wanted, and what came.
    """
    if not tensor.is_floating_point() or tensor.dtype != (dtype or tensor.dtype):
        want = dtype or "floating point"
        raise ValueError(f"{name} must be {want}, got {tensor.dtype}")
    got = tuple(tensor.shape)
    if len(got) != len(shape) or any(
        n not in (None, m) for n, m in zip(shape, got, strict=True)
    ):
        want = str(shape).replace("None", "any")
        raise ValueError(f"{name} must have shape {want}, got {got}")
