"""Fans, and the three variances that are made of them."""

import math
import operator
from collections.abc import Iterable

import numpy as np


# --8<-- [start:fans]
def fans(shape: Iterable[int]) -> tuple[int, int]:
    """How many weights meet in one output, and how many leave one input.

    Args:
        shape: (outputs, inputs, *kernel), as in PyTorch, at least two axes of size
            at least 1.

    Returns:
        (fan_in, fan_out): inputs, and outputs, times the size of the kernel.

    Raises:
        ValueError: if there are fewer than two axes, or one is empty.
    """
    outputs, inputs, *kernel = _sizes(shape)
    places = math.prod(kernel)
    return inputs * places, outputs * places
    # --8<-- [end:fans]


# --8<-- [start:init]
def init_weight(
    shape: Iterable[int], scheme: str, rng: np.random.Generator, gain: float = 1.0
) -> np.ndarray:
    """Independent weights of mean 0 and of the variance that a scheme asks for.

    Args:
        shape: (outputs, inputs, *kernel).
        scheme: xavier, 2 / (fan_in + fan_out); he, 2 / fan_in; or lecun, 1 / fan_in.
            They are normal; xavier_uniform, he_uniform and lecun_uniform have the same
            variance between two bounds.
        rng: the generator.
        gain: factor of the standard deviation, finite and at least 0.

    Returns:
        float64, of the shape.

    Raises:
        ValueError: if the scheme is unknown, the gain negative or not finite, or the
            shape has fewer than two axes or an empty one.
    """
    sizes = _sizes(shape)
    fan_in, fan_out = fans(sizes)
    variances = {
        "xavier": 2 / (fan_in + fan_out),
        "he": 2 / fan_in,
        "lecun": 1 / fan_in,
    }
    name = str(scheme).removesuffix("_uniform")
    if name not in variances:
        known = ", ".join(variances)
        raise ValueError(f"scheme must be {known}, or one with _uniform, got {scheme}")
    deviation = _gain(gain) * math.sqrt(variances[name])
    if name == scheme:
        return deviation * rng.standard_normal(sizes)
    bound = math.sqrt(3) * deviation  # a uniform number has variance bound^2 / 3
    return rng.uniform(-bound, bound, sizes)
    # --8<-- [end:init]


def _sizes(shape: Iterable[int]) -> tuple[int, ...]:
    sizes = tuple(operator.index(size) for size in shape)
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"shape must have two axes or more, sizes >= 1, got {sizes}")
    return sizes


def _gain(gain: float) -> float:
    number = float(gain)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"gain must be a finite number >= 0, got {gain}")
    return number
