"""Two tests of smooth scores as losses: mislabelled outliers, and a rare class.

Linear classifiers with a bias, from zero weights, by full-batch steps of Adam at
learning rate 0.1; all data are synthetic, and scored where they were fitted.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from ._checks import _finite, _integer, _probabilities
from .scores import smooth_accuracy, smooth_f1


def _fit(
    x: Tensor, outputs: int, loss: Callable[[Tensor], Tensor], steps: int
) -> Tensor:
    """Logits (N, outputs) of the fitted linear classifier on its own data x (N, d)."""
    x = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    w = torch.zeros(x.shape[1], outputs, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(x @ w).backward()
        optimizer.step()
    return (x @ w).detach()


# --8<-- [start:outliers]
def outlier_accuracies(
    seed: int, distance: float = 12.0, steps: int = 300
) -> tuple[float, float]:
    """Accuracy after training on cross-entropy, and on smooth accuracy.

    200 points in two round clusters around -2 and 2 on the first axis, and 20 on the
    side of class 1 around ``distance``, labelled 0: the line between the clusters is
    right on about 200 of 220.

    Raises:
        ValueError: if seed or steps is no integer >= 0, or distance not in [0, 1000].
    """
    steps = _integer("steps", steps, 0)
    if not 0 <= distance <= 1000:
        raise ValueError(f"distance must be in [0, 1000], got {distance}")
    generator = torch.Generator().manual_seed(_integer("seed", seed, 0))
    x = 0.7 * torch.randn(220, 2, generator=generator, dtype=torch.float64)
    y = torch.arange(220) % 2
    y[200:] = 0
    x[:200, 0] += 4.0 * y[:200] - 2.0
    x[200:, 0] += distance

    def accuracy(loss: Callable[[Tensor], Tensor]) -> float:
        return float((_fit(x, 2, loss, steps).argmax(1) == y).double().mean())

    return (
        accuracy(lambda logits: functional.cross_entropy(logits, y)),
        accuracy(lambda logits: -smooth_accuracy(logits, y)),
    )
    # --8<-- [end:outliers]


# --8<-- [start:rare]
class RareClass(NamedTuple):
    """F1 of one fit: at probability 0.5, at the best threshold, and that threshold."""

    at_half: float
    tuned: float
    threshold: float


def best_f1(p: Tensor, y: Tensor) -> tuple[float, float]:
    """Highest F1 over all thresholds, and the lowest p that it calls positive.

    Args:
        p: probabilities, shape (N,), N >= 1.
        y: labels 0 or 1, shape (N,).

    Raises:
        ValueError: if an argument is not as above, or p and y are all 0.
    """
    _finite("p", p)
    if p.shape[:1] == (0,):
        raise ValueError("p must hold at least one probability, got none")
    _probabilities(p, y)
    p, order = p.detach().sort(descending=True)
    hits = (y[order] == 1).cumsum(0)
    called = torch.arange(1, len(p) + 1, device=p.device)
    f1 = 2 * hits.double() / (called + hits[-1])
    f1[:-1][p[:-1] == p[1:]] = -1.0  # no threshold parts equal probabilities
    best = int(f1.argmax())
    return float(f1[best]), float(p[best])


def rare_class_f1(seed: int, steps: int = 300) -> tuple[RareClass, RareClass]:
    """F1 after training on cross-entropy, and on smooth F1; 200 of 4,000 positive.

    Raises:
        ValueError: if seed or steps is no integer >= 0.
    """
    steps = _integer("steps", steps, 0)
    generator = torch.Generator().manual_seed(_integer("seed", seed, 0))
    y = (torch.arange(4000) < 200).double()
    x = torch.randn(4000, 2, generator=generator, dtype=torch.float64)
    x[:, 0] += 1.8 * y

    def scores(loss: Callable[[Tensor], Tensor]) -> RareClass:
        p = _fit(x, 1, lambda logits: loss(logits[:, 0]), steps)[:, 0].sigmoid()
        return RareClass(float(smooth_f1((p > 0.5).double(), y)), *best_f1(p, y))

    return (
        scores(lambda z: functional.binary_cross_entropy_with_logits(z, y)),
        scores(lambda z: -smooth_f1(z.sigmoid(), y)),
    )
    # --8<-- [end:rare]
