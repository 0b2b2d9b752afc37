"""What a step refuses, each with what is wanted and what came."""

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


def _check_number(name: str, value: float) -> None:
    """Raise ValueError unless ``value`` is finite and >= 0 (NaN is not)."""
    if not isinstance(value, Real) or not 0 <= value < math.inf:
        raise ValueError(f"{name} must be finite and >= 0, got {value}")


def _check_options(
    lr: float, betas: tuple[float, float], eps: float, weight_decay: float
) -> None:
    for name, value in {"lr": lr, "eps": eps, "weight_decay": weight_decay}.items():
        _check_number(name, value)
    pair = isinstance(betas, tuple | list) and len(betas) == 2
    if not pair or not all(isinstance(b, Real) and 0 <= b < 1 for b in betas):
        raise ValueError(f"betas must be two numbers in [0, 1), got {betas}")


def _check_tensors(
    theta: Tensor, g: Tensor, step: int, averages: dict[str, Tensor], wide: torch.dtype
) -> None:
    """Raise ValueError unless all fit; averages must have the dtype ``wide``."""
    if not theta.is_floating_point():
        raise ValueError(f"theta must be real floating point, got {theta.dtype}")
    if g.layout != torch.strided or g.dtype != theta.dtype:
        got = f"{g.layout}, {g.dtype}"
        raise ValueError(f"g must be dense, and {theta.dtype} as theta is, got {got}")
    _integer("state.step", step, 0)
    for name, average in averages.items():
        if average.dtype != wide:
            raise ValueError(
                f"{name} must be {wide} for {theta.dtype}, got {average.dtype}"
            )
    for name, x in {"g": g, **averages}.items():
        if x.shape != theta.shape:
            shapes = f"{tuple(theta.shape)}, got {tuple(x.shape)}"
            raise ValueError(f"{name} must have the shape of theta, {shapes}")
    if theta.is_meta:
        return  # a tensor without data has no values to look at
    if not g.isfinite().all():
        count = int((~g.isfinite()).sum())
        raise ValueError(f"g must be finite, got {count} NaN or infinite entries")
    for name, average in averages.items():
        if name != "m" and not (average >= 0).all():
            raise ValueError(f"{name} must be >= 0, got {float(average.min())}")
