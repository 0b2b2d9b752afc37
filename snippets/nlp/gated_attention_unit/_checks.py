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
        raise ValueError(f"{name} must be an integer >= {low}{top}, got {value!r}")
    return found


def floating(**tensors: Tensor) -> None:
    """Refuse what is no tensor of floats, or not of the first one's type."""
    first = next(iter(tensors.values()))
    for name, x in tensors.items():
        if not isinstance(x, Tensor) or not x.is_floating_point():
            got = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(f"{name} must be a tensor of floats, got {got}")
        if x.dtype != first.dtype:
            got = f"{first.dtype} and {x.dtype}"
            raise ValueError(f"{', '.join(tensors)} must share one type, got {got}")


def wide(x: Tensor) -> torch.dtype:
    """The type to compute in: the tensor's own, but at least float32."""
    return torch.promote_types(x.dtype, torch.float32)


def layer_arrays(x: Tensor, params: Any, sides: int) -> None:
    """Refuse an input or ``GAUParams`` that do not fit each other.

    Raises:
        ValueError: which one, its shape and the wanted one.
    """
    named = {k: v for k, v in params._asdict().items() if v is not None}
    floating(x=x, **named)
    if params.w_u.ndim != 2 or params.w_z.ndim != 2:
        got = f"{tuple(params.w_u.shape)} and {tuple(params.w_z.shape)}"
        raise ValueError(f"w_u must be (d, e) and w_z (d, s), got {got}")
    (d, e), s = params.w_u.shape, params.w_z.shape[1]
    if x.ndim != 3 or x.shape[-1] != d or 0 in x.shape:
        need = f"(b, t, {d}), no axis empty"
        raise ValueError(f"x must have shape {need}, got {tuple(x.shape)}")
    pair, t = (sides, s), x.shape[1]
    wanted = dict(w_v=(d, e), w_z=(d, s), gamma=pair, beta=pair, w_o=(e, d))
    for name, shape in (wanted | {"bias": (t, t)}).items():
        if name in named and tuple(named[name].shape) != shape:
            got = tuple(named[name].shape)
            raise ValueError(f"{name} must have shape {shape}, got {got}")
    if 0 in (d, e, s):
        raise ValueError(f"d, e and s must be >= 1, got {d}, {e}, {s}")
