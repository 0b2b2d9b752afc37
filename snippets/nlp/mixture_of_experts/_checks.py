"""What the package asks of its arguments."""

import operator
from typing import Any

import torch
from torch import Tensor


def integer(name: str, value: Any, low: int, high: int = 2**62) -> int:
    """``value`` as an int in low to high; numpy's integers are, a bool is not."""
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    if found is None or not low <= found <= high:
        top = "" if high == 2**62 else f" and <= {high}"
        raise ValueError(f"want {name} an integer >= {low}{top}, got {value!r}")
    return found


def floats(name: str, x: Any, *axes: str) -> None:
    """Refuse what is no finite tensor of floats with these axes."""
    if not isinstance(x, Tensor) or not x.is_floating_point():
        got = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"want {name} a tensor of floats, got {got}")
    if x.ndim != len(axes) or x.shape[-1] < 1:
        shape = ", ".join(axes) + ("," if len(axes) == 1 else "")
        raise ValueError(f"want {name} of shape ({shape}), got {tuple(x.shape)}")
    if not x.isfinite().all():
        raise ValueError(f"want {name} finite, got NaN or an infinity")


def picks(experts: Any, count: int) -> None:
    """Refuse what is no (t, k) tensor of integers from 0 to count - 1, with k >= 1."""
    if not isinstance(experts, Tensor) or experts.dtype not in (
        torch.int32,
        torch.int64,
    ):
        got = experts.dtype if isinstance(experts, Tensor) else type(experts).__name__
        raise ValueError(f"want experts a tensor of int32 or int64, got {got}")
    if experts.ndim != 2 or experts.shape[1] < 1:
        raise ValueError(f"want experts of shape (t, k), got {tuple(experts.shape)}")
    if experts.numel() and not 0 <= experts.min() <= experts.max() < count:
        got = f"{experts.min()} to {experts.max()}"
        raise ValueError(f"want experts from 0 to {count - 1}, got {got}")


def wide(x: Tensor) -> torch.dtype:
    """The type to compute in: the tensor's own, but at least float32."""
    return torch.promote_types(x.dtype, torch.float32)
