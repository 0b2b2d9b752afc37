"""What this package asks of its arguments."""

import operator
from typing import Any

import numpy as np
import torch
from torch import Tensor


def _integer(name: str, value: int, least: int | None) -> int:
    """``value`` as an int; numpy's integers are integers, truth values are not."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    low = number is not None and least is not None and number < least
    if number is None or isinstance(value, bool) or low:
        want = "an integer" if least is None else f"an integer >= {least}"
        raise ValueError(f"{name} must be {want}, got {value!r}")
    return number


def _tensor(name: str, values: Any) -> Tensor:
    """A tensor as it is; of anything else a copy, since a flipped array has negative
    strides and an image from a file may be read-only."""
    if isinstance(values, Tensor):
        return values
    try:
        array = np.array(values, order="C")
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "iubfc":
        raise ValueError(f"{name} must be an array of numbers, got {values!r}")
    if array.dtype.kind == "u":
        array = array.astype(np.int64)
    empty_list = array.size == 0 and not isinstance(values, np.ndarray)
    return torch.from_numpy(array.astype(np.int64) if empty_list else array)


def _holds(condition: Tensor) -> bool:
    """Whether all of it is true; a tensor without data has nothing against it."""
    return condition.is_meta or bool(condition.all())
