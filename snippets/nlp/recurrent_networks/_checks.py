"""What the networks of this note refuse alike, and the type that they work in."""

import math
import operator
from typing import SupportsIndex

import torch
from torch import Tensor


def _wide(*tensors: Tensor) -> list[Tensor]:
    """The same in float32 at least: in 16 bits every step would be rounded."""
    return [x.to(torch.promote_types(x.dtype, torch.float32)) for x in tensors]


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
    if not isinstance(tensor, Tensor):
        raise ValueError(f"{name} must be a tensor, got {type(tensor).__name__}")
    if tensor.layout != torch.strided:
        raise ValueError(f"{name} must be dense, got {tensor.layout}")
    if tensor.is_floating_point() and tensor.dtype.itemsize < 2:
        raise ValueError(f"{name} must have 16 bits at least, got {tensor.dtype}")
    if not tensor.is_floating_point() or tensor.dtype != (dtype or tensor.dtype):
        want = dtype or "floating point"
        raise ValueError(f"{name} must be {want}, got {tensor.dtype}")
    got = tuple(tensor.shape)
    if len(got) != len(shape) or any(
        n not in (None, m) for n, m in zip(shape, got, strict=True)
    ):
        want = str(shape).replace("None", "any")
        raise ValueError(f"{name} must have shape {want}, got {got}")


def _check_layer(
    x: Tensor, w_ih: Tensor, w_hh: Tensor, blocks: int, biases: dict[str, Tensor]
) -> int:
    """Refuse inputs and weights that do not fit together; returns the state's width."""
    _check_float("x", x, (None, None, None))
    if x.shape[1] < 1:
        raise ValueError("x must have at least one step, got t = 0")
    _check_float("w_hh", w_hh, (None, None), x.dtype)
    d = w_hh.shape[1]
    _check_float("w_hh", w_hh, (blocks * d, d))
    _check_float("w_ih", w_ih, (blocks * d, x.shape[2]), x.dtype)
    for name, bias in biases.items():
        _check_float(name, bias, (blocks * d,), x.dtype)
    return d


def _start(name: str, given: Tensor | None, x: Tensor, d: int) -> Tensor:
    """The state before the first step: zeros, if none is given."""
    if given is None:
        return x.new_zeros(x.shape[0], d)
    _check_float(name, given, (x.shape[0], d), x.dtype)
    return given


def _truth(value: object) -> bool:
    """Whether it is a boolean, of Python, numpy or PyTorch: no number here."""
    return isinstance(value, bool) or "bool" in str(getattr(value, "dtype", ""))


def _integer(name: str, value: SupportsIndex, least: int) -> int:
    """The same as Python's own integer; numpy's are integers, booleans are not.

    Raises:
        ValueError: says what is wanted and what came.
    """
    want = f"{name} must be an integer >= {least}, got {value!r}"
    try:
        if _truth(value):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(want) from None
    if number < least:
        raise ValueError(want)
    return number


def _number(name: str, value: float, least: float = -math.inf) -> float:
    """The same as Python's own float, if it is finite and above ``least``.

    Raises:
        ValueError: says what is wanted and what came.
    """
    want = "a finite number" + f" > {least:g}" * (least > -math.inf)
    try:
        if _truth(value) or isinstance(value, str | bytes | bytearray):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ValueError(f"{name} must be {want}, got {value!r}") from None
    if not least < number < math.inf:
        raise ValueError(f"{name} must be {want}, got {value!r}")
    return number
