"""What all modules of this note ask of their inputs, and in which type they compute."""

import functools
import math
import operator

import torch
from torch import Tensor


def _wide(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All in the widest type among them, of at least 32 bits."""
    dtypes = [x.dtype for x in tensors]
    dtype = functools.reduce(torch.promote_types, dtypes, torch.float32)
    return tuple(x.to(dtype) for x in tensors)


def _integer(name: str, value: object, least: int = 1) -> int:
    """``value`` as an int; numpy's integers are integers, booleans are not."""
    try:
        count = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        count = least - 1
    if count < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return count


def _number(value: object) -> float:
    """``value`` as a float; NaN, which no range contains, if it is none."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _check_beta(beta: float) -> None:
    """Refuse a ``beta`` that is not a positive, finite number."""
    if not 0 < _number(beta) < math.inf:
        raise ValueError(f"beta must be positive and finite, got {beta!r}")


def _check_same_shape(**tensors: Tensor) -> None:
    if len({x.shape for x in tensors.values()}) > 1 or not all(
        x.ndim and x.numel() and x.is_floating_point() for x in tensors.values()
    ):
        got = ", ".join(f"{k} {tuple(x.shape)} {x.dtype}" for k, x in tensors.items())
        raise ValueError(f"need floating tensors of one shape (..., K), got {got}")


def _check_distribution(name: str, p: Tensor, positive: bool) -> None:
    low = p.min().item()
    if not (low > 0 if positive else low >= 0):
        raise ValueError(f"{name} must be {'> 0' if positive else '>= 0'}, got {low}")
    slack = torch.finfo(p.dtype).eps ** 0.5
    total = _wide(p)[0].sum(-1)
    if not ((total - 1).abs() <= slack).all():
        raise ValueError(f"{name} must sum to 1, got {total.tolist()}")
