"""Can a stack of dilated layers learn to copy the input from five positions back?

The input is white noise, so the wanted value has nothing to do with any other position.
A stack that does not read that position can do no better than answer 0, with an error
of the variance of the noise, 1.
"""

from collections.abc import Iterable
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import integer, stack


# --8<-- [start:learn]
def learn_shift(
    rates: Iterable[int], shift: int = 5, steps: int = 400, seed: int = 0
) -> float:
    """Train linear 3-tap layers on y[i] = x[i - shift] and test them on fresh noise.

    Args:
        rates: one per layer, each >= 1; 4 channels between layers.
        shift: how far back to look, >= 0.
        steps: of descent with momentum, each on 4 new signals of length 64; >= 1.
        seed: of the weights and of all noise, >= 0.

    Returns:
        The mean squared error on 64 new signals, padding left out.

    Raises:
        ValueError: if rates is empty, or a number is not an integer or too small.
    """
    rates, _ = stack(rates, 3)
    shift, steps = integer("shift", shift, 0), integer("steps", steps, 1)
    generator = torch.Generator().manual_seed(integer("seed", seed, 0))
    widths = [1, *[4] * (len(rates) - 1), 1]
    weights = []
    for inputs, outputs in pairwise(widths):
        w = torch.randn(outputs, inputs, 3, generator=generator, dtype=torch.float64)
        weights.append((w / (3 * inputs) ** 0.5).requires_grad_())
    momenta = [torch.zeros_like(w) for w in weights]
    margin = max(sum(rates), shift)  # so that neither side reads padding

    def loss(signals: int) -> Tensor:
        length = 64 + 2 * margin
        x = torch.randn(signals, 1, length, generator=generator, dtype=torch.float64)
        y = x
        for w, rate in zip(weights, rates):
            y = F.conv1d(y, w, padding=rate, dilation=rate)
        wanted = x[:, :, margin - shift : margin - shift + 64]
        return (y[:, :, margin : margin + 64] - wanted).square().mean()

    for _ in range(steps):
        slopes = torch.autograd.grad(loss(4), weights)
        with torch.no_grad():
            for w, momentum, slope in zip(weights, momenta, slopes):
                momentum.mul_(0.9).add_(slope)
                w -= 0.01 * momentum
    with torch.no_grad():
        return loss(64).item()
    # --8<-- [end:learn]
