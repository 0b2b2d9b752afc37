"""Maximum likelihood for a model with an exact ``log_prob``, and how to report it.

A density has units: rescale the data and every log density moves by a constant. So the
number is reported in bits per dimension of the original integer pixels.

References:
    Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components Estimation", 2014,
    arXiv:1410.8516, for dequantization by uniform noise.
"""

import math

import torch
from torch import Tensor, nn

from ._checks import _integer, _wide


# --8<-- [start:banana]
def banana(n: int, generator: torch.Generator) -> Tensor:
    """Draw n points (x_0, x_0^2 - 1 + 0.2 e) with x_0 and e standard normal.

    The entropy of this density is 1 + log(2 pi) + log 0.2 = 1.22844 nats.

    Returns:
        Float64, shape (n, 2).
    """
    size = _integer("n", n, 0), 2
    options = {"dtype": torch.float64, "device": generator.device}
    x, noise = torch.randn(size, generator=generator, **options).unbind(1)
    return torch.stack([x, x**2 - 1 + 0.2 * noise], dim=1)
    # --8<-- [end:banana]


# --8<-- [start:fit]
def fit(
    model: nn.Module, data: Tensor, steps: int, learning_rate: float = 0.01
) -> list[float]:
    """Maximise the mean log density of data (n, d) by Adam on the whole batch.

    The step size falls to zero along half a cosine. Changes ``model``.

    Returns:
        Mean negative log density in nats before each step; ``steps`` numbers.

    Raises:
        ValueError: if steps is no integer >= 0, there are no data, the step size is not
            finite and >= 0, the weights have 16 bits, or a log density is not finite.
    """
    steps = _integer("steps", steps, 0)
    if len(data) == 0:
        raise ValueError(f"data must be n >= 1 points, got {len(data)}")
    if not 0 <= learning_rate < math.inf:
        raise ValueError(f"learning_rate must be finite, >= 0, got {learning_rate}")
    for weight in model.parameters():
        if torch.finfo(weight.dtype).bits == 16:
            raise ValueError(f"weights must be float32 or float64, got {weight.dtype}")
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        loss = -model.log_prob(data).mean()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):  # before a step makes all weights NaN
            raise ValueError(f"log_prob must be finite, got {losses[-1]} at {step}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
    # --8<-- [end:fit]


# --8<-- [start:bits]
def dequantize(pixels: Tensor, generator: torch.Generator, levels: int = 256) -> Tensor:
    """Integers in [0, levels) to float64 in [0, 1): (pixels + uniform noise) / levels.

    Raises:
        ValueError: if pixels are not integers, or not in [0, levels).
    """
    levels = _integer("levels", levels, 1)
    if pixels.dtype == torch.bool or pixels.is_floating_point() or pixels.is_complex():
        raise ValueError(f"pixels must be integers, got {pixels.dtype}")
    # As Python integers: in uint8, 256 wraps to 0 and every pixel would be too large.
    low, high = (0, 0) if pixels.numel() == 0 else map(int, pixels.aminmax())
    if low < 0 or high >= levels:
        raise ValueError(f"pixels must be in [0, {levels}), got {low} to {high}")
    options = {"dtype": torch.float64, "device": generator.device}
    noise = torch.rand(pixels.shape, generator=generator, **options)
    x = pixels.double() + noise.to(pixels.device)
    # 255 + noise can round to 256: the largest number below it instead.
    return x.minimum((pixels.double() + 1).nextafter(torch.zeros_like(x))) / levels


def bits_per_dimension(log_prob: Tensor, dim: int, levels: int = 256) -> Tensor:
    """Bits per pixel of the integers, from log densities of data scaled to [0, 1).

    Args:
        log_prob: log density in nats of ``dequantize``d points, any shape.
        dim: number of pixels d.
        levels: number of grey levels; scaling by 1 / levels adds d log(levels).

    Raises:
        ValueError: if dim or levels is no integer >= 1.
    """
    dim, levels = _integer("dim", dim, 1), _integer("levels", levels, 1)
    bits = math.log2(levels) - _wide(log_prob) / (dim * math.log(2))
    return bits.to(log_prob.dtype)
    # --8<-- [end:bits]
