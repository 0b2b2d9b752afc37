"""Layer after layer: the size of what enters it, and the angle between two inputs."""

import math
import operator

import numpy as np

from .moments import _scale, second_moment


# --8<-- [start:variance]
def variance_path(
    activation: str,
    sigma_w2: float,
    depth: int,
    q0: float = 1.0,
    sigma_b2: float = 0.0,
) -> np.ndarray:
    """Mean square of what enters each layer's activation, for very wide layers.

    Args:
        activation: linear, relu, tanh, sigmoid, gelu (with erf) or silu.
        sigma_w2: variance of the weights times their fan_in, at least 0.
        depth: number of layers to go, at least 0.
        q0: mean square at the start, at least 0.
        sigma_b2: variance of the biases, at least 0.

    Returns:
        shape (depth + 1,): q0, then q <- sigma_w2 E f(sqrt(q) z)^2 + sigma_b2.

    Raises:
        ValueError: if the activation is unknown, a variance negative or not finite,
            depth negative, or q grows beyond the range of floats.
    """
    steps = _depth(depth)
    w2, b2 = _scale("sigma_w2", sigma_w2), _scale("sigma_b2", sigma_b2)
    path = [_scale("q0", q0)]
    second_moment(activation)  # an unknown activation is refused at depth 0, too
    for layer in range(steps):
        q = w2 * second_moment(activation, path[-1]) + b2
        if not math.isfinite(q):
            raise ValueError(f"q must stay finite, got {q} at layer {layer + 1}")
        path.append(q)
    return np.array(path)
    # --8<-- [end:variance]


# --8<-- [start:correlation]
def relu_correlation_path(c0: float, depth: int) -> np.ndarray:
    """Correlation of two inputs of equal length behind 0, 1, 2, ... wide ReLU layers.

    Args:
        c0: cosine of the angle between them, -1 to 1.
        depth: number of layers to go, at least 0.

    Returns:
        shape (depth + 1,); scaled weights do not change it, biases are 0.

    Raises:
        ValueError: if c0 is no number from -1 to 1, or depth negative.
    """
    steps, c = _depth(depth), float(c0)
    if not -1 <= c <= 1:
        raise ValueError(f"c0 must be from -1 to 1, got {c0}")
    path = [c]
    for _ in range(steps):
        c = (math.sqrt(1 - c * c) + (math.pi - math.acos(c)) * c) / math.pi
        # No rounding, of whatever library, may leave the domain of acos.
        c = min(c, 1.0)
        path.append(c)
    return np.array(path)
    # --8<-- [end:correlation]


def _depth(depth: int) -> int:
    steps = operator.index(depth)
    if steps < 0:
        raise ValueError(f"depth must be an integer >= 0, got {depth}")
    return steps
