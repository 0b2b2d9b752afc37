"""Learn the score without knowing the density: predict the noise that was added.

The least-squares prediction of the noise from the noisy point is its conditional mean,
and that is -s times the score. Points are (n, d), times (n, 1); m and s as in
``VPSDE.marginal``.

References:
    Vincent, "A Connection Between Score Matching and Denoising Autoencoders", 2011,
    doi:10.1162/NECO_a_00142.
    Ho et al., "Denoising Diffusion Probabilistic Models", 2020, arXiv:2006.11239.
    Salimans, Ho, "Progressive Distillation for Fast Sampling of Diffusion Models",
    2022, arXiv:2202.00512, for v.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from ._checks import _check_rate, _check_solvable, _draw, _integer, _wide
from .sampling import SDE


# --8<-- [start:dsm]
def dsm_loss(
    net: Callable[[Tensor, Tensor], Tensor],
    x0: Tensor,
    sde: SDE,
    generator: torch.Generator,
) -> Tensor:
    """Denoising score matching: mean squared error of the predicted noise, a scalar.

    Args:
        net: from noisy points (n, d) and times (n, 1) to the noise (n, d).
        x0: data (n, d), floating point.
        sde: the forward process.
        generator: source of the times, uniform in [0, 1), and of the noise.

    Raises:
        ValueError: if x0 is not (n, d) of float32 or float64, or empty, or net changes
            the shape.
    """
    if x0.ndim != 2 or x0.numel() == 0 or not x0.is_floating_point():
        came = f"{tuple(x0.shape)} of {x0.dtype}"
        raise ValueError(f"x0 must be (n, d), n >= 1, floating point, got {came}")
    _check_solvable(x0.dtype)
    t = _draw("rand", torch.Size([len(x0), 1]), generator, x0)
    eps = _draw("randn", x0.shape, generator, x0)
    m, s = sde.marginal(t)
    found = net(m * x0 + s * eps, t)
    if found.shape != eps.shape:
        wanted = f"net must return shape {tuple(eps.shape)}"
        raise ValueError(f"{wanted}, got {tuple(found.shape)}")
    return (found - eps).square().mean()
    # --8<-- [end:dsm]


# --8<-- [start:parameterisations]
def score_from_eps(eps: Tensor, std: float | Tensor) -> Tensor:
    """Score from predicted noise: -eps / s.

    Raises:
        ValueError: if std is not positive, as at t = 0.
    """
    return (-_wide(eps) / _check_std(std, eps)).to(eps.dtype)


def score_from_x0(
    x: Tensor, x0: Tensor, mean_coef: float | Tensor, std: float | Tensor
) -> Tensor:
    """Score at x from predicted data: (m x0 - x) / s^2.

    Raises:
        ValueError: if std is not positive.
    """
    wide, m = _wide(x), _number(mean_coef, x)
    return ((m * _like(x0, x) - wide) / _check_std(std, x) ** 2).to(x.dtype)


def score_from_v(
    x: Tensor, v: Tensor, mean_coef: float | Tensor, std: float | Tensor
) -> Tensor:
    """Score at x from predicted v = m eps - s x0: -x - m v / s. VP only: m^2 + s^2 = 1.

    Raises:
        ValueError: if std is not positive.
    """
    wide, m = _wide(x), _number(mean_coef, x)
    return (-wide - m * _like(v, x) / _check_std(std, x)).to(x.dtype)
    # --8<-- [end:parameterisations]


def _like(value: Tensor, x: Tensor) -> Tensor:
    if value.shape != x.shape:
        wanted = f"prediction and x must have one shape {tuple(x.shape)}"
        raise ValueError(f"{wanted}, got {tuple(value.shape)}")
    return _wide(value)


def _number(value: float | Tensor, x: Tensor) -> float | Tensor:
    """A number, or a tensor that is one for each point."""
    if isinstance(value, Tensor) and value.shape not in ((), (*x.shape[:1], 1)):
        wanted = f"mean_coef and std must be numbers or {(*x.shape[:1], 1)}"
        raise ValueError(f"{wanted}, got {tuple(value.shape)}")
    return _wide(value) if isinstance(value, Tensor) else value


def _check_std(std: float | Tensor, x: Tensor) -> float | Tensor:
    values = torch.as_tensor(std)
    if not ((values > 0) & values.isfinite()).all():
        raise ValueError(f"std must be positive and finite, got {std}")
    return _number(std, x)


class EpsilonNet(nn.Module):
    """Two hidden layers from (x, m, s) to the noise, both ways (n, d).

    It reads m and s instead of t: near 0, s changes faster than t.

    Args:
        dim: number of coordinates d.
        sde: the forward process.
        hidden: width of the hidden layers.
        generator: source of the initial weights; the global one if None.
    """

    def __init__(
        self,
        dim: int,
        sde: SDE,
        hidden: int = 64,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        dim, hidden = _integer("dim", dim), _integer("hidden", hidden)
        self.sde = sde
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise([dim + 2, hidden, hidden, dim]):
            linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out)
            for parameter in linear.parameters():
                bound = fan_in**-0.5
                nn.init.uniform_(parameter, -bound, bound, generator=generator)
            layers += [linear, nn.SiLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Noise (n, d) in x (n, d) at times t (n, 1)."""
        wanted = self.layers[0].in_features - 2
        if x.ndim != 2 or x.shape[1] != wanted or t.shape != (len(x), 1):
            came = f"{tuple(x.shape)}, {tuple(t.shape)}"
            raise ValueError(f"x, t must be (n, {wanted}), (n, 1), got {came}")
        m, s = self.sde.marginal(t)
        return self.layers(torch.cat([x, m, s], dim=1))

    def score(self, x: Tensor, t: float) -> Tensor:
        """Score (n, d) at one time t > 0: what the samplers call."""
        eps = self(x, torch.full_like(x[:, :1], t))
        return score_from_eps(eps, self.sde.marginal(t)[1])


# --8<-- [start:fit]
def fit(
    net: nn.Module,
    data: Tensor,
    sde: SDE,
    steps: int,
    generator: torch.Generator,
    batch: int = 512,
    learning_rate: float = 0.01,
) -> list[float]:
    """Minimise ``dsm_loss`` by Adam on random batches of data (n, d). Changes net.

    The step size falls to zero along half a cosine.

    Returns:
        The loss before each step; ``steps`` numbers.

    Raises:
        ValueError: if steps is no integer >= 0, batch none >= 1, data not (n, d) with
            n >= 1, weights or data have 16 bits, the step size is not finite and >= 0,
            or a loss is not finite.
    """
    steps, batch = _integer("steps", steps, 0), _integer("batch", batch)
    if data.ndim != 2 or data.numel() == 0:
        raise ValueError(f"data must be (n, d), n >= 1, got {tuple(data.shape)}")
    _check_rate(learning_rate)
    for weight in net.parameters():
        _check_solvable(weight.dtype)
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        where = generator.device
        rows = torch.randint(len(data), (batch,), generator=generator, device=where)
        loss = dsm_loss(net, data[rows.to(data.device)], sde, generator)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):  # before a step makes all weights NaN
            raise ValueError(f"losses must be finite, got {losses[-1]} at step {step}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
    # --8<-- [end:fit]
