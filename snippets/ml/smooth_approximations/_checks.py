"""What the functions here refuse, each with what is wanted and what came."""

import math
import operator
from numbers import Real

import torch
from torch import Tensor


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as Python's int; numpy's integers are integers, True is not."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _positive(name: str, value: float) -> None:
    if not isinstance(value, Real) or not 0 < value < math.inf:
        raise ValueError(f"{name} must be finite and > 0, got {value}")


def _finite(name: str, x: Tensor) -> None:
    """Raise ValueError unless x is floating point and finite; meta has no values."""
    if not x.is_floating_point():
        raise ValueError(f"{name} must be floating point, got {x.dtype}")
    if not x.is_meta and not x.isfinite().all():
        raise ValueError(f"{name} must be finite, got inf or nan")


def _labels(logits: Tensor, y: Tensor) -> None:
    """Raise ValueError unless logits are (N, C) and y holds a class for each row."""
    if logits.ndim != 2 or 0 in logits.shape or y.shape != logits.shape[:1]:
        shapes = f"{tuple(logits.shape)}, {tuple(y.shape)}"
        raise ValueError(f"need logits (N, C), y (N,), neither empty; got {shapes}")
    if not logits.is_floating_point() or y.dtype != torch.int64:
        got = f"{logits.dtype}, {y.dtype}"
        raise ValueError(f"need floating logits and int64 labels, got {got}")
    _finite("logits", logits)
    if y.is_meta:
        return
    classes = logits.shape[1]
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= classes:
        raise ValueError(
            f"labels must lie in 0..{classes - 1}, got {low if low < 0 else high}"
        )


def _probabilities(p: Tensor, y: Tensor) -> None:
    """Raise ValueError unless p are probabilities and y as many labels, 0 or 1."""
    if p.ndim != 1 or p.shape != y.shape or not p.is_floating_point():
        got = f"{tuple(p.shape)}, {tuple(y.shape)}, {p.dtype}"
        raise ValueError(f"need floating p and y, both (N,); got {got}")
    if p.is_meta or y.is_meta:
        return
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p must lie in [0, 1], got a value outside or nan")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y must hold 0 and 1 only, got another value")
    if not (p.any() or y.any()):
        raise ValueError("F1 needs a positive label or a p > 0, got neither")


def _wide(x: Tensor) -> Tensor:
    """x in at least float32: 16 bits cannot hold large sums, nor add small terms."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
