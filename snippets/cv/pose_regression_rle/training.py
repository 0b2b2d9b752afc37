"""Residuals whose density is a cross: a flow fitted to them, positions despite them."""

import math

import torch
from torch import Tensor

from ._checks import _integer
from .flow import RealNVP2d
from .losses import gaussian_nll, laplace_nll, rle_loss


# --8<-- [start:training]
def cross_residuals(n: int, generator: torch.Generator) -> Tensor:
    """Points of shape (n, 2): a coin gives deviation 1.5 to one axis, 0.1 to the other.

    The coordinates are uncorrelated but far from independent.
    """
    n, device = _integer("n", n, 0), generator.device
    wide_x = torch.rand(n, generator=generator, device=device) < 0.5
    wide, narrow = (
        torch.tensor(pair, device=device) for pair in ([1.5, 0.1], [0.1, 1.5])
    )
    scale = torch.where(wide_x[:, None], wide, narrow)
    return scale * torch.randn(n, 2, generator=generator, device=device)


def fit_flow(x_bar: Tensor, steps: int, generator: torch.Generator) -> RealNVP2d:
    """Maximum likelihood: mu = 0 and sigma = 1 stay fixed, only the flow learns.

    Args:
        x_bar: residuals, shape (n, 2), n >= 1, float32 or float64.
        steps: of Adam, on 256 residuals each, an integer >= 1.
        generator: source of the weights and the batches, on the CPU.

    Raises:
        ValueError: if an argument is not as above.
    """
    steps = _integer("steps", steps, 1)
    known = x_bar.dtype in (torch.float32, torch.float64)
    if x_bar.ndim != 2 or x_bar.shape[1] != 2 or len(x_bar) == 0 or not known:
        got = f"{tuple(x_bar.shape)}, {x_bar.dtype}"
        raise ValueError(f"x_bar must be (n, 2), float32 or float64, got {got}")
    flow = RealNVP2d(generator=generator).to(x_bar)
    optimizer = torch.optim.Adam(flow.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    mu, sigma = x_bar.new_zeros(256, 1, 2), x_bar.new_ones(256, 1, 2)
    for _ in range(steps):
        rows = torch.randint(len(x_bar), (256,), generator=generator)
        rows = rows.to(x_bar.device)
        optimizer.zero_grad()
        rle_loss(mu, sigma, x_bar[rows, None], flow, residual=False).backward()
        optimizer.step()
        schedule.step()
    return flow
    # --8<-- [end:training]


# --8<-- [start:position]
def position_error(loss: str, diagonal: bool, seed: int, steps: int = 300) -> float:
    """Fit a linear map to 300 labels with a cross of errors; how far off is it?

    Args:
        loss: "L2", "L1" or "RLE", each with one learnt scale per axis.
        diagonal: the arms of the cross lie along the diagonals, not along the axes.
        seed: of the map, the labels and the flow.
        steps: of Adam, on all labels, an integer >= 1.

    Returns:
        Mean distance of the fitted positions from the true ones, before the errors.

    Raises:
        ValueError: if ``loss`` is unknown or a number is not as above.
    """
    if loss not in ("L2", "L1", "RLE"):
        raise ValueError(f"loss must be 'L2', 'L1' or 'RLE', got {loss!r}")
    steps = _integer("steps", steps, 1)
    g = torch.Generator().manual_seed(_integer("seed", seed, 0))
    true, features = torch.randn(6, 2, generator=g), torch.randn(300, 6, generator=g)
    error = cross_residuals(300, g)
    if diagonal:
        error = error @ torch.tensor([[1.0, 1], [-1, 1]]) / math.sqrt(2)
    target = (features @ true + error)[:, None]
    weight, log_sigma = torch.zeros(6, 2), torch.zeros(1, 1, 2)
    flow = RealNVP2d(generator=g)
    learnt = [weight.requires_grad_(), log_sigma.requires_grad_()]
    optimizer = torch.optim.Adam([*learnt, *flow.parameters()], lr=0.03)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for _ in range(steps):
        mu = (features @ weight)[:, None]
        sigma = log_sigma.exp().expand_as(mu)
        if loss == "RLE":
            value = rle_loss(mu, sigma, target, flow)
        else:
            value = {"L2": gaussian_nll, "L1": laplace_nll}[loss](mu, sigma, target)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
    return (features @ (weight - true)).norm(dim=1).mean().item()
    # --8<-- [end:position]
