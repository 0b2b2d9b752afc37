"""The loop of a GAN on data whose law is known: eight Gaussians on a ring.

The centres lie on the unit circle, 45 degrees apart, each as likely as the others; the
standard deviation is 0.1. So the share of samples that belongs near each centre can be
computed, and compared with what the generator makes. Points have shape (n, 2).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ._checks import _choice, _count, _number

MODES, SD, NEAR = 8, 0.1, 3  # near: at most three standard deviations from a centre


def ring_samples(n: int, rng: torch.Generator) -> Tensor:
    """n points of the data, shape (n, 2), of PyTorch's default dtype (float32).

    Raises:
        ValueError: if n is not an integer >= 1.
    """
    n = _count("n", n, 1)
    which = torch.randint(MODES, (n,), generator=rng)
    return _centres()[which] + SD * torch.randn(n, 2, generator=rng)


def ring_law() -> np.ndarray:
    """Probability of each mode, and last of no mode: float64 of shape (9,).

    Within r standard deviations of its centre, a Gaussian in the plane has the share
    1 - e^(-r²/2). The discs do not meet, and what a Gaussian has in the disc of
    another is less than 1e-5.
    """
    outside = math.exp(-(NEAR**2) / 2)
    return np.append(np.full(MODES, (1 - outside) / MODES), outside)


def ring_shares(points: Tensor) -> np.ndarray:
    """Share of the points near each mode, and last near none: float64 of shape (9,).

    Args:
        points: tensor of floats, shape (n, 2), n >= 1.

    Raises:
        TypeError: if points is no tensor of floats.
        ValueError: if the shape is another, or the points have no values (meta).
    """
    _floats("points", points)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"points must have shape (n, 2), got {tuple(points.shape)}")
    if points.is_meta:
        raise ValueError("points must have values, got a tensor on meta")
    points = points.detach().double().cpu()
    distance, mode = torch.cdist(points, _centres().double()).min(1)
    mode[~(distance <= NEAR * SD)] = MODES  # NaN is near no mode
    return np.bincount(mode.numpy(), minlength=MODES + 1) / len(points)


@dataclass(frozen=True)
class Run:
    """A generator that was trained, and what was seen on the way.

    Attributes:
        generator: noise of shape (n, 2) in, points out.
        losses: of discriminator (without R1) and generator, shape (steps, 2).
    """

    generator: nn.Module
    losses: np.ndarray


# --8<-- [start:train]
def train_gan(
    steps: int, seed: int, gamma: float = 0.0, kind: str = "non_saturating"
) -> Run:
    """Train two small networks against each other on the ring.

    Args:
        steps: of each player, >= 0.
        seed: of weights, noise and data, >= 0.
        gamma: weight of R1, >= 0.
        kind: loss of the generator, "saturating" or "non_saturating".

    Raises:
        ValueError: if an argument is not allowed.
    """
    steps, seed = _count("steps", steps, 0), _count("seed", seed, 0)
    gamma = _number("gamma", gamma, zero=True)
    kind = _choice("kind", kind, ("saturating", "non_saturating"))
    rng = torch.Generator().manual_seed(seed)
    g, d = _network(2, rng), _network(1, rng)
    g_step = torch.optim.Adam(g.parameters(), lr=3e-3, betas=(0.0, 0.99))
    d_step = torch.optim.Adam(d.parameters(), lr=3e-3, betas=(0.0, 0.99))
    losses = np.zeros((steps, 2))
    for step in range(steps):
        # The discriminator: one batch of each kind; detach keeps G out of it.
        real = ring_samples(128, rng).requires_grad_()
        fake = g(torch.randn(128, 2, generator=rng)).detach()
        real_logits = d(real)
        d_loss = softplus(-real_logits).mean() + softplus(d(fake)).mean()
        d_step.zero_grad()
        (d_loss + r1_penalty(real_logits, real, gamma)).backward()
        d_step.step()
        # The generator: fresh noise, and gradients through D, which stands still.
        logits = d(g(torch.randn(128, 2, generator=rng)))
        saturating = kind == "saturating"
        g_loss = -softplus(logits).mean() if saturating else softplus(-logits).mean()
        g_step.zero_grad()
        g_loss.backward()
        g_step.step()
        losses[step] = d_loss.item(), g_loss.item()
    return Run(g, losses)


def r1_penalty(logits: Tensor, real: Tensor, gamma: float) -> Tensor:
    """gamma / 2 times the mean squared length of the slopes of D at real points.

    Args:
        logits: shape (n, 1), each computed from its own row of ``real``.
        real: shape (n, ...), n >= 1, floats with requires_grad; an image is one point.
        gamma: >= 0.

    Returns:
        Shape (), at least in float32: the squares of a half soon overflow.

    Raises:
        TypeError: if real is no tensor of floats.
        ValueError: if gamma is not a finite number >= 0, a shape is another, or real
            does not require grad.
    """
    gamma = _number("gamma", gamma, zero=True)
    _floats("real", real)
    if real.ndim < 2 or not real.numel():
        raise ValueError(f"real must have shape (n, ...), got {tuple(real.shape)}")
    if logits.shape != (len(real), 1):
        wanted = f"({len(real)}, 1)"
        raise ValueError(f"logits must have shape {wanted}, got {tuple(logits.shape)}")
    if not real.requires_grad:
        raise ValueError("real must require grad, got a tensor that does not")
    wide = torch.promote_types(real.dtype, torch.float32)
    if not gamma:
        return real.new_zeros((), dtype=wide)
    (slopes,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
    return gamma / 2 * slopes.flatten(1).to(wide).square().sum(1).mean()
    # --8<-- [end:train]


def _floats(name: str, values: Tensor) -> None:
    if not isinstance(values, Tensor) or not values.is_floating_point():
        kind = getattr(values, "dtype", type(values).__name__)
        raise TypeError(f"{name} must be a tensor of floats, got {kind}")


def _centres() -> Tensor:
    angles = torch.arange(MODES) * (2 * math.pi / MODES)
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def _network(outputs: int, rng: torch.Generator) -> nn.Module:
    """Two hidden layers of 32, with PyTorch's usual weights, drawn by ``rng`` alone."""
    layers: list[nn.Module] = []
    for a, b in pairwise([2, 32, 32, outputs]):
        linear = nn.utils.skip_init(nn.Linear, a, b)
        bound = 1 / math.sqrt(a)
        for weights in (linear.weight, linear.bias):
            nn.init.uniform_(weights, -bound, bound, generator=rng)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])
