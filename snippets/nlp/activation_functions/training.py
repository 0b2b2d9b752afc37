"""Small experiments that tell activation functions apart, from explicit seeds."""

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Activation = Callable[[Tensor], Tensor]


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def xor_loss(f: Activation, seed: int, hidden: int = 8, steps: int = 300) -> float:
    """Cross-entropy of a 2-hidden-1 network on XOR's four rows after Adam steps."""
    generator = _generator(seed)

    def uniform(*shape: int, fan_in: int) -> Tensor:
        draw = torch.rand(shape, generator=generator, dtype=torch.float64)
        return ((2 * draw - 1) / fan_in**0.5).requires_grad_()

    x = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([0, 1, 1, 0], dtype=torch.float64)
    W, b = uniform(2, hidden, fan_in=2), uniform(hidden, fan_in=2)
    w2, b2 = uniform(hidden, fan_in=hidden), uniform(1, fan_in=hidden)
    optimizer = torch.optim.Adam([W, b, w2, b2], lr=0.05)
    for _ in range(steps):
        loss = F.binary_cross_entropy_with_logits(f(x @ W + b) @ w2 + b2, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


# --8<-- [start:deep]
def deep_loss(
    f: Activation, gain: float, seed: int, depth: int = 10, steps: int = 200
) -> float:
    """Cross-entropy on 256 points labelled by sign(x1 x2), half each, after SGD steps.

    The network has ``depth`` hidden layers of 32 units. Initial weights are normal
    with standard deviation gain / sqrt(fan_in), initial biases 0; the rate is 0.03.
    """
    generator = _generator(seed)

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
    optimizer = torch.optim.SGD(parameters, lr=0.03)
    for _ in range(steps):
        z = x
        for W, b in zip(weights[:-1], biases):
            z = f(z @ W + b)
        logits = (z @ weights[-1] + biases[-1]).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()
    # --8<-- [end:deep]


def gradient_ratio(
    f: Activation, gain: float, depth: int, seed: int = 0, width: int = 64
) -> float:
    """Norm of the first layer's weight gradient over the last one's, before training.

    256 normal inputs; the loss is a random linear function of the outputs.
    """
    generator = _generator(seed)

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
