"""A small net that learns the velocity: the whole of training is a regression."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from ._checks import _count


def _drawn(
    draw: Callable[[int, torch.Generator], Tensor], n: int, rng: torch.Generator
) -> Tensor:
    """Data; fewer rows than n would share one noise in silence."""
    x = draw(n, rng)
    if not isinstance(x, Tensor) or x.ndim != 2 or len(x) != n:
        got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"draw must give a tensor of shape ({n}, d), got {got}")
    if x.dtype != torch.float32 or not x.isfinite().all():
        raise ValueError(f"draw must give finite float32 numbers, got {x.dtype}: {x}")
    return x


def train_velocity(
    draw: Callable[[int, torch.Generator], Tensor],
    updates: int,
    seed: int,
    width: int = 64,
    batch: int = 256,
) -> Callable[[np.ndarray, float], np.ndarray]:
    """Fit a net with two hidden layers by Adam, the rate falling to 0.

    Args:
        draw: gives finite data (n, d), float32, for n and a generator.
        updates: at least 1.
        seed: of the data, noise, times and first weights.
        width: of the hidden layers.
        batch: pairs for an update.

    Returns:
        The velocity, for ``integrate``: of points (n, d) and a time.

    Raises:
        ValueError: if a size is not an integer from 1 on, or the data are not as above.
    """
    updates, width = _count("updates", updates), _count("width", width)
    batch = _count("batch", batch)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        rng = torch.Generator().manual_seed(seed)
        d = _drawn(draw, 1, rng).shape[1]
        net = nn.Sequential(
            *(nn.Linear(d + 1, width), nn.SiLU()),
            *(nn.Linear(width, width), nn.SiLU()),
            nn.Linear(width, d),
        )
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    rate = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, updates)
    # --8<-- [start:loop]
    for _ in range(updates):
        x1 = _drawn(draw, batch, rng)
        x0 = torch.randn(x1.shape, generator=rng)
        t = torch.rand(batch, 1, generator=rng)
        v = net(torch.cat([(1 - t) * x0 + t * x1, t], 1))
        loss = (v - (x1 - x0)).square().sum(1).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        rate.step()
    # --8<-- [end:loop]

    def velocity(x: np.ndarray, t: float) -> np.ndarray:
        points = torch.as_tensor(x, dtype=torch.float32)
        with torch.no_grad():
            v: Tensor = net(torch.cat([points, torch.full((len(x), 1), t)], 1))
        return v.numpy()

    return velocity
