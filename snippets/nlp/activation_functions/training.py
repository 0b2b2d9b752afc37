"""Small experiments that tell activation functions apart, from explicit seeds."""

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import _integer, _positive

Activation = Callable[[Tensor], Tensor]


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(_integer("seed", seed, 0, 2**63 - 1))


def xor_loss(f: Activation, seed: int, hidden: int = 8, steps: int = 300) -> float:
    """Cross-entropy of a 2-hidden-1 network on XOR's four rows after Adam steps.

    Raises:
        ValueError: if seed or steps is not an integer >= 0, or hidden below 1.
    """
    generator, hidden = _generator(seed), _integer("hidden", hidden, 1)

    def uniform(*shape: int, fan_in: int) -> Tensor:
        draw = torch.rand(shape, generator=generator, dtype=torch.float64)
        return ((2 * draw - 1) / fan_in**0.5).requires_grad_()

    x = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([0, 1, 1, 0], dtype=torch.float64)
    W, b = uniform(2, hidden, fan_in=2), uniform(hidden, fan_in=2)
    w2, b2 = uniform(hidden, fan_in=hidden), uniform(1, fan_in=hidden)

    def loss() -> Tensor:
        return F.binary_cross_entropy_with_logits(f(x @ W + b) @ w2 + b2, y)

    return _trained(loss, torch.optim.Adam([W, b, w2, b2], lr=0.05), steps)


def _trained(
    loss: Callable[[], Tensor], optimizer: torch.optim.Optimizer, steps: int
) -> float:
    """The loss after the steps."""
    for _ in range(_integer("steps", steps, 0)):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    return loss().item()


# --8<-- [start:deep]
def deep_loss(
    f: Activation, gain: float, seed: int, depth: int = 10, steps: int = 200
) -> float:
    """Cross-entropy on 256 points labelled by sign(x1 x2), half each, after SGD steps.

    The network has ``depth`` hidden layers of 32 units. Initial weights are normal
    with standard deviation gain / sqrt(fan_in), initial biases 0; the rate is 0.2.

    Raises:
        ValueError: if gain is not finite and > 0, seed or steps not an integer >= 0, or
            depth below 1.
    """
    generator, depth = _generator(seed), _integer("depth", depth, 1)
    gain = _positive("gain", gain)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    quadrant = torch.arange(256) % 4
    signs = torch.stack([quadrant % 2, quadrant // 2], dim=1) * 2 - 1
    x, y = signs * normal(256, 2).abs(), (signs.prod(1) > 0).double()
    widths = [2] + [32] * depth
    weights = [normal(m, n) * gain / m**0.5 for m, n in itertools.pairwise(widths)]
    weights.append(normal(32, 1) / 32**0.5)
    biases = [torch.zeros(w.shape[1], dtype=torch.float64) for w in weights]
    parameters = [p.requires_grad_() for p in weights + biases]

    def loss() -> Tensor:
        z = x
        for W, b in zip(weights[:-1], biases):
            z = f(z @ W + b)
        logits = (z @ weights[-1] + biases[-1]).squeeze(1)
        return F.binary_cross_entropy_with_logits(logits, y)

    return _trained(loss, torch.optim.SGD(parameters, lr=0.2), steps)
    # --8<-- [end:deep]


def gradient_ratio(
    f: Activation, gain: float, depth: int, seed: int = 0, width: int = 64
) -> float:
    """Norm of the first layer's weight gradient over the last one's, before training.

    256 normal inputs; the loss is a random linear function of the outputs.

    Raises:
        ValueError: if gain is not finite and > 0, seed not an integer >= 0, or depth or
            width below 1.
    """
    generator, width = _generator(seed), _integer("width", width, 1)
    depth, gain = _integer("depth", depth, 1), _positive("gain", gain)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    weights = [
        (normal(width, width) * gain / width**0.5).requires_grad_()
        for _ in range(depth)
    ]
    z = normal(256, width)
    for W in weights:
        z = f(z @ W)
    (z * normal(256, width)).sum().backward()
    return (weights[0].grad.norm() / weights[-1].grad.norm()).item()
