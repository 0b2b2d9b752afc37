"""Residuals whose density is a cross, and a flow fitted to them."""

import torch
from torch import Tensor

from .flow import RealNVP2d
from .losses import rle_loss


# --8<-- [start:training]
def cross_residuals(n: int, generator: torch.Generator) -> Tensor:
    """Points of shape (n, 2): a coin gives deviation 1.5 to one axis, 0.1 to the other.

    The coordinates are uncorrelated but far from independent.
    """
    wide_x = torch.rand(n, generator=generator) < 0.5
    scale = torch.where(
        wide_x[:, None], torch.tensor([1.5, 0.1]), torch.tensor([0.1, 1.5])
    )
    return scale * torch.randn(n, 2, generator=generator)


def fit_flow(x_bar: Tensor, steps: int, generator: torch.Generator) -> RealNVP2d:
    """Maximum likelihood: mu = 0 and sigma = 1 stay fixed, only the flow learns.

    Args:
        x_bar: residuals, shape (n, 2).
        steps: of Adam, on 256 residuals each.
        generator: source of the weights and the batches.
    """
    flow = RealNVP2d(generator=generator).to(x_bar.dtype)
    optimizer = torch.optim.Adam(flow.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    mu, sigma = torch.zeros(256, 1, 2), torch.ones(256, 1, 2)
    for _ in range(steps):
        rows = torch.randint(len(x_bar), (256,), generator=generator)
        optimizer.zero_grad()
        rle_loss(mu, sigma, x_bar[rows, None], flow, residual=False).backward()
        optimizer.step()
        schedule.step()
    return flow
    # --8<-- [end:training]
