"""What the modules of this package refuse alike, and the types they compute in."""

import math
import operator

import torch
from torch import Tensor, nn


def _integer(name: str, value: int, least: int = 1, most: float = math.inf) -> int:
    """The value as Python's integer; ValueError unless it is from least to most."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        wanted = f">= {least}" if most == math.inf else f"within {least} to {most}"
        raise ValueError(f"{name} must be an integer {wanted}, got {value!r}")
    return number


def _wide(x: Tensor) -> Tensor:
    """Float32 for 16-bit floats, in which squares overflow and sums round."""
    return x.float() if torch.finfo(x.dtype).bits == 16 else x


def _check_precise(name: str, dtype: torch.dtype) -> None:
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"{name} must be float32 or float64, got {dtype}")


def _check_size(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be finite and >= 0, got {value}")


def _check_loss(loss: float, step: int) -> None:
    if not math.isfinite(loss):
        raise ValueError(f"losses must be finite, got {loss} at step {step}")


def _check_words(captions: Tensor, words: int) -> None:
    """Captions (B, M) of word numbers below ``words``."""
    if captions.ndim != 2 or captions.is_floating_point():
        came = f"{tuple(captions.shape)} of {captions.dtype}"
        raise ValueError(f"captions must be (B, M), integers, got {came}")
    if captions.numel() and not captions.is_meta:
        low, high = map(int, captions.aminmax())
        if low < 0 or high >= words:
            raise ValueError(f"words must be within [0, {words}), got {low} to {high}")


def _weight(module: nn.Module, otherwise: Tensor) -> Tensor:
    """Any weight, for its type and device."""
    return next(module.parameters(), otherwise)
