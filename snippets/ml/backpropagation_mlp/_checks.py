"""What the functions here refuse, each with what is wanted and what came."""

import operator
from collections.abc import Sequence

import numpy as np

Layer = tuple[np.ndarray, np.ndarray]
LARGEST = 1e150  # differences of two must not overflow, nor their product


def _integer(name: str, value: int, least: int) -> int:
    """``value`` as Python's int; numpy's integers are integers, True is not."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _numbers(name: str, values: np.ndarray) -> np.ndarray:
    """``values`` as float64, finite and below ``LARGEST``."""
    try:
        given = np.asarray(values)
        if given.dtype.kind not in "biufO":  # text and complex would be converted
            raise TypeError(given.dtype)
        values = given.astype(float, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from None
    if not (np.abs(values) < LARGEST).all():
        raise ValueError(f"{name} must be finite, below {LARGEST}, got {values}")
    return values


def _layers(params: Sequence[Layer]) -> list[Layer]:
    """Weights and biases as float64, whose shapes chain."""
    try:
        pairs = [(W, b) for W, b in params]
    except (TypeError, ValueError):
        raise ValueError(f"params must be pairs (W, b), got {params!r}") from None
    if not pairs:
        raise ValueError("params must have at least one layer, got none")
    layers: list[Layer] = []
    for i, (W, b) in enumerate(pairs):
        W, b = _numbers(f"W of layer {i}", W), _numbers(f"b of layer {i}", b)
        if W.ndim != 2 or 0 in W.shape or b.shape != W.shape[1:]:
            got = f"got {W.shape} and {b.shape}"
            raise ValueError(f"layer {i} must have shapes (in, out) and (out,), {got}")
        if layers and len(W) != len(layers[-1][1]):
            want = f"W of layer {i} must have {len(layers[-1][1])} rows"
            raise ValueError(f"{want}, one for each unit before it, got {len(W)}")
        layers.append((W, b))
    return layers


def _no_overflow(name: str, values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite, got an overflow: inputs too large")
    return values
