"""How much each position of the window counts: its share of the paths to the output.

Reference:
    Luo, Li, Urtasun, Zemel, "Understanding the Effective Receptive Field in
    Deep Convolutional Neural Networks", NeurIPS 2016, arXiv:1701.04128.
"""

import math
from collections.abc import Iterable

import numpy as np

from ._checks import integer
from .fields import Layer, _stack


# --8<-- [start:shares]
def path_shares(layers: Iterable[Layer]) -> np.ndarray:
    """Share of all input-to-output paths that start at each position of the window.

    Equals the gradient of one output when every layer averages its window, so it
    shows where influence concentrates; zeros are holes the output never reads.

    Returns:
        Float array, shape ``(receptive_field(layers).size,)``, with sum 1.

    Raises:
        ValueError: for more than 2**1022 paths (645 layers of 3 taps): the share of a
            single one would be no normal float, and deeper down 0, like a hole.
    """
    layers = _stack(layers)
    _check_paths(layers)
    shares = np.ones(1)
    stride = 1
    for layer in layers:
        spacing = layer.dilation * stride
        window = np.zeros((layer.kernel - 1) * spacing + 1)
        window[::spacing] = 1 / layer.kernel
        shares = np.convolve(shares, window)
        stride *= layer.stride
    return shares
    # --8<-- [end:shares]


def effective_std(depth: int, kernel: int = 3) -> float:
    """Standard deviation of ``path_shares`` for equal layers of stride and dilation 1.

    Args:
        depth: number of layers, >= 0.
        kernel: taps in the window of each layer, >= 1.

    Returns:
        Input positions; for 3 taps, sqrt(2 depth / 3).

    Raises:
        ValueError: if an argument is not an integer, or is too small.
    """
    depth, kernel = integer("depth", depth, 0), integer("kernel", kernel, 1)
    return math.sqrt(depth * (kernel**2 - 1) / 12)


def _check_paths(layers: list[Layer]) -> None:
    paths = math.prod(layer.kernel for layer in layers)
    if paths > 2**1022:
        bits = paths.bit_length() - 1
        raise ValueError(f"layers must have at most 2**1022 paths, got over 2**{bits}")
