"""Receptive fields by gradient: which inputs an output depends on, and how much.

Reference:
    Luo, Li, Urtasun, Zemel, "Understanding the Effective Receptive Field in
    Deep Convolutional Neural Networks", NeurIPS 2016, arXiv:1701.04128.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch.nn.functional import conv1d

from ._checks import integer
from .fields import Layer, _stack, receptive_field


def empirical_receptive_field(layers: Iterable[Layer], length: int) -> tuple[int, int]:
    """First and last input position with a gradient, for output n // 2 of n outputs.

    All weights are positive, so no two paths cancel. The formula has one part in this:
    it tells whether the window lies inside the input. In float64 the gradient at the
    ends of more than about 680 layers of 3 taps is too small to be told from 0.

    Args:
        layers: from input to output.
        length: of the input; the window of the middle output must lie inside it.

    Raises:
        ValueError: if ``length`` is too small for that.
    """
    too_short = f"length must hold the middle output's window, got {length!r}"
    try:
        length = integer("length", length, 1)
    except ValueError:
        raise ValueError(too_short) from None
    layers = _stack(layers)
    x = torch.zeros(1, 1, length, dtype=torch.float64, requires_grad=True)
    y = x
    for layer in layers:
        reach = layer.dilation * (layer.kernel - 1) + 1
        if y.shape[-1] + 2 * layer.padding < reach:
            raise ValueError(too_short)
        weight = y.new_full((1, 1, layer.kernel), 1 / layer.kernel)
        y = conv1d(y, weight, None, layer.stride, layer.padding, layer.dilation)
    middle = y.shape[-1] // 2
    first, last = receptive_field(layers).span(middle)
    if first < 0 or last >= length:  # the gradient cannot show what padding hides
        raise ValueError(too_short)
    (gradient,) = torch.autograd.grad(y[0, 0, middle], x)
    touched = gradient[0, 0].nonzero().flatten().tolist()
    return touched[0], touched[-1]


# --8<-- [start:random]
def random_shares(
    depth: int, generator: torch.Generator, stacks: int = 50, channels: int = 32
) -> np.ndarray:
    """Share of the mean squared gradient at each input position, over random stacks.

    Each stack has ``depth`` layers of 3 taps, with independent normal weights of mean
    0 and variance 1 / (3 ``channels``), as networks are initialized.

    Returns:
        Float array, shape ``(2 * depth + 1,)``, with sum 1.

    Raises:
        ValueError: if ``depth``, ``stacks``, or ``channels`` is not an integer >= 1.
    """
    depth, stacks = integer("depth", depth, 1), integer("stacks", stacks, 1)
    channels = integer("channels", channels, 1)
    wide, size = stacks * channels, 2 * depth + 1
    x = torch.zeros(1, wide, size, dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(depth):
        weight = torch.randn(wide, channels, 3, generator=generator, dtype=x.dtype)
        y = conv1d(
            y, weight / (3 * channels) ** 0.5, groups=stacks
        )  # none sees another
    (gradient,) = torch.autograd.grad(y.sum(), x)  # y has length 1
    squares = gradient.square().reshape(wide, size).mean(0)
    return (squares / squares.sum()).numpy()
    # --8<-- [end:random]
