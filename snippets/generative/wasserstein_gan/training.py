"""A WGAN whose generator is an affine map of noise: its law is known at every step.

Data are normal in the plane, with mean ``MEAN`` and covariance ``COVARIANCE``; the
generator makes b + A z, so N(b, A A^T). W2 between the two is a formula: no sample, no
second network. Points have shape (n, 2).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from ._checks import _choice, _count
from .transport import gaussian_w2

MEAN, COVARIANCE = (2.0, -1.0), ((2.0, 1.0), (1.0, 1.0))
ROOT = ((1.0, 1.0), (0.0, 1.0))  # times its transpose: the covariance
CLIP, WEIGHT, BATCH = 0.1, 10.0, 128
WAYS = ("clip", "two_sided", "zero", "spectral")


@dataclass(frozen=True)
class Run:
    """What was seen while training.

    Attributes:
        distances: W2 of data and generator before each of its steps and at the end,
            shape (steps + 1,).
        gaps: mean of the critic on data less that on samples, before each step of the
            generator, shape (steps,).
        slopes: mean length of the critic's gradients on interpolates, likewise.
    """

    distances: np.ndarray
    gaps: np.ndarray
    slopes: np.ndarray


# --8<-- [start:train]
def train_wgan(way: str, steps: int, seed: int, critic_steps: int = 5) -> Run:
    """Train an affine generator against a small critic.

    Args:
        way: to bound the critic's slope: "clip", "spectral", or a penalty, "two_sided"
            or "zero".
        steps: of the generator, >= 0.
        seed: of weights, noise and data, >= 0.
        critic_steps: before each step of the generator, >= 1.

    Raises:
        ValueError: if an argument is not so.
    """
    way = _choice("way", way, WAYS)
    steps, seed = _count("steps", steps, 0), _count("seed", seed, 0)
    critic_steps = _count("critic_steps", critic_steps, 1)
    rng = torch.Generator().manual_seed(seed)
    matrix, shift = torch.eye(2).requires_grad_(), torch.zeros(2).requires_grad_()
    critic = _critic(rng)
    weights = list(critic.parameters())
    g_step = torch.optim.Adam([matrix, shift], lr=0.03, betas=(0.0, 0.9))
    c_step = torch.optim.Adam(weights, lr=2e-3, betas=(0.0, 0.9))

    def fakes() -> Tensor:
        return _made(matrix, shift, rng)

    distances, gaps, slopes = [_distance(matrix, shift)], [], []
    for _ in range(steps):
        for turn in range(critic_steps):  # the critic's gap is to be large
            real, fake = _data(BATCH, rng), fakes().detach()
            gap = critic(real).mean() - critic(fake).mean()
            loss = -gap
            if way in ("two_sided", "zero") or turn == critic_steps - 1:
                t = torch.rand(BATCH, 1, generator=rng)  # one number a pair
                lengths = _lengths(critic, t * real + (1 - t) * fake)
                if way in ("two_sided", "zero"):
                    excess = lengths - 1 if way == "two_sided" else lengths
                    loss = loss + WEIGHT * excess.square().mean()
            c_step.zero_grad()
            loss.backward()
            c_step.step()
            with torch.no_grad():
                for w in weights:
                    if way == "clip":
                        w.clamp_(-CLIP, CLIP)
                    elif way == "spectral" and w.ndim == 2:
                        w /= torch.linalg.matrix_norm(w, 2).clamp(min=1)
        g_step.zero_grad()
        (-critic(fakes()).mean()).backward()  # no sigmoid, no logarithm
        g_step.step()
        gaps.append(gap.item())
        slopes.append(lengths.mean().item())
        distances.append(_distance(matrix, shift))
    return Run(*map(np.array, (distances, gaps, slopes)))


def _lengths(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Lengths of the critic's gradients at x, kept differentiable."""
    x = x.requires_grad_()
    (slopes,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return slopes.norm(dim=1)
    # --8<-- [end:train]


def _made(matrix: Tensor, shift: Tensor, rng: torch.Generator) -> Tensor:
    return torch.randn(BATCH, 2, generator=rng) @ matrix.T + shift


def _data(n: int, rng: torch.Generator) -> Tensor:
    return torch.randn(n, 2, generator=rng) @ torch.tensor(ROOT).T + torch.tensor(MEAN)


def _distance(matrix: Tensor, shift: Tensor) -> float:
    a, b = matrix.detach().double().numpy(), shift.detach().double().numpy()
    return gaussian_w2(np.array(MEAN), np.array(COVARIANCE), b, a @ a.T)


def _critic(rng: torch.Generator) -> nn.Module:
    """Two hidden layers of 32, with PyTorch's usual weights, drawn by ``rng`` alone."""
    layers: list[nn.Module] = []
    for a, b in pairwise([2, 32, 32, 1]):
        linear = nn.utils.skip_init(nn.Linear, a, b)
        bound = 1 / math.sqrt(a)
        for weights in (linear.weight, linear.bias):
            nn.init.uniform_(weights, -bound, bound, generator=rng)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])
