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
        ValueError: if x0 is not (n, d), not floating, or empty.
    """
    if x0.ndim != 2 or len(x0) == 0 or not x0.is_floating_point():
        came = f"{tuple(x0.shape)} of {x0.dtype}"
        raise ValueError(f"x0 must be (n, d), n >= 1, floating point, got {came}")
    options = {"generator": generator, "dtype": x0.dtype, "device": x0.device}
    t = torch.rand(len(x0), 1, **options)
    eps = torch.randn(x0.shape, **options)
    m, s = sde.marginal(t)
    return (net(m * x0 + s * eps, t) - eps).square().mean()
    # --8<-- [end:dsm]


# --8<-- [start:parameterisations]
def score_from_eps(eps: Tensor, std: float | Tensor) -> Tensor:
    """Score from predicted noise: -eps / s.

    Raises:
        ValueError: if std is not positive, as at t = 0.
    """
    return -eps / _check_std(std)


def score_from_x0(
    x: Tensor, x0: Tensor, mean_coef: float | Tensor, std: float | Tensor
) -> Tensor:
    """Score at x from predicted data: (m x0 - x) / s^2.

    Raises:
        ValueError: if std is not positive.
    """
    return (mean_coef * x0 - x) / _check_std(std) ** 2


def score_from_v(
    x: Tensor, v: Tensor, mean_coef: float | Tensor, std: float | Tensor
) -> Tensor:
    """Score at x from predicted v = m eps - s x0: -x - m v / s. VP only: m^2 + s^2 = 1.

    Raises:
        ValueError: if std is not positive.
    """
    return -x - mean_coef * v / _check_std(std)
    # --8<-- [end:parameterisations]


def _check_std(std: float | Tensor) -> float | Tensor:
    if not (torch.as_tensor(std) > 0).all():
        raise ValueError(f"std must be positive, got {std}")
    return std


class EpsilonNet(nn.Module):
    """Two hidden layers from (x, m, s) to the noise, both ways (n, d).

    It reads m and s instead of t: near 0 they change faster, as the score does.

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
        ValueError: if steps is below 0.
    """
    if steps < 0:
        raise ValueError(f"steps must be >= 0, got {steps}")
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        rows = torch.randint(len(data), (batch,), generator=generator)
        loss = dsm_loss(net, data[rows], sde, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
    # --8<-- [end:fit]
