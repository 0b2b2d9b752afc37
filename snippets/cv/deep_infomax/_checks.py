"""What this package asks of its arguments, and float32 for what comes in 16 bits."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as an int; numpy's integers are integers, truth values are not."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _shape(x: Tensor) -> tuple[int, ...]:
    return tuple(x.shape)


def _in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compute in float32 at least; 16 bits come back if only 16 bits were given.

    Sums, exponentials and squares of 16-bit numbers overflow or lose what matters.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [
            x.dtype
            for x in (*args, *kwargs.values())
            if isinstance(x, Tensor) and x.is_floating_point()
        ]
        if not any(dtype.itemsize == 2 for dtype in given):
            return function(*args, **kwargs)
        args = tuple(_widened(x) for x in args)
        kwargs = {name: _widened(x) for name, x in kwargs.items()}
        result = function(*args, **kwargs)
        dtype = functools.reduce(torch.promote_types, given)
        return result.to(dtype) if isinstance(result, Tensor) else result

    return call


def _widened(x: Any) -> Any:
    half = isinstance(x, Tensor) and x.is_floating_point() and x.dtype.itemsize == 2
    return x.float() if half else x
