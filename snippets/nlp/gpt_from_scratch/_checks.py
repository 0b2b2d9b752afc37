"""What the modules of this note refuse alike."""

import math
import operator
from typing import SupportsIndex

import torch
from torch import Tensor


def _truth(value: object) -> bool:
    """Whether it is a truth value: Python's, numpy's or torch's."""
    dtype = str(getattr(value, "dtype", ""))
    return isinstance(value, bool) or dtype in ("bool", "torch.bool")


def _integer(name: str, value: SupportsIndex, least: int) -> int:
    """The same as Python's own integer; numpy's are integers, booleans are not.

    Raises:
        ValueError: says what is wanted and what came.
    """
    try:
        if _truth(value):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _number(name: str, value: float) -> float:
    """The same as a finite float >= 0.

    Raises:
        ValueError: says what is wanted and what came.
    """
    try:
        if isinstance(value, str | bytes) or _truth(value):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")
    return number


def _ids(name: str, ids: Tensor, axes: int, vocab: int | None = None) -> None:
    """Refuse what is not int64, has other axes, or ids outside the vocabulary.

    Raises:
        ValueError: says what is wanted and what came.
    """
    if not isinstance(ids, Tensor) or ids.dtype != torch.int64 or ids.ndim != axes:
        got = f"{type(ids).__name__}"
        if isinstance(ids, Tensor):
            got = f"{ids.dtype} with shape {tuple(ids.shape)}"
        raise ValueError(f"{name} must be int64 with {axes} axes, got {got}")
    if vocab is not None and ids.numel():
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= vocab:
            raise ValueError(
                f"{name} must be from 0 to {vocab - 1}, got {low} to {high}"
            )
