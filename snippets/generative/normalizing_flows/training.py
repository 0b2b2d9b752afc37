"""A mixture on the line whose velocity is known, and a network that learns it.

The mean of x1 - x0 given a point is the mean of the components' velocities, weighted by
how probable each component is there. So the trained network can be compared with it.

Points are (n, 1), times (n, 1) or a number.

Reference:
    Lipman et al., "Flow Matching for Generative Modeling", 2022, arXiv:2210.02747.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from .matching import cfm_loss, gaussian_fm_velocity


# --8<-- [start:mixture]
@dataclass(frozen=True)
class Mixture:
    """Normal distributions on the line, k of them, weighted.

    Args:
        weights: positive, summing to 1.
        means: of the components.
        stds: standard deviations, positive.

    Raises:
        ValueError: if the lengths differ, or weights or stds are not as wanted.
    """

    weights: Sequence[float] = (0.3, 0.7)
    means: Sequence[float] = (-2.0, 1.5)
    stds: Sequence[float] = (0.3, 0.4)

    def __post_init__(self) -> None:
        lengths = len(self.weights), len(self.means), len(self.stds)
        if len(set(lengths)) > 1:
            raise ValueError(
                f"weights, means, stds must be equally many, got {lengths}"
            )
        if min(self.weights, default=0) <= 0 or abs(sum(self.weights) - 1) > 1e-9:
            raise ValueError(
                f"weights must be positive and sum to 1, got {self.weights}"
            )
        if min(self.stds) <= 0:
            raise ValueError(f"stds must be positive, got {self.stds}")

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw n points, float64, (n, 1)."""
        weights, means, stds = self._parameters(torch.empty(0, dtype=torch.float64))
        k = torch.multinomial(weights, n, replacement=True, generator=generator)
        noise = torch.randn(n, generator=generator, dtype=torch.float64)
        return (means[k] + stds[k] * noise)[:, None]

    def cdf(self, x: Tensor) -> Tensor:
        """Probability of a value below x (n, 1), the same shape."""
        weights, means, stds = self._parameters(x)
        below = torch.special.ndtr((x - means) / stds)
        return (weights * below).sum(1, keepdim=True)

    def log_prob(self, x: Tensor, t: float | Tensor = 1.0) -> Tensor:
        """Log density in nats, (n,), of (1 - t) noise + t data at x (n, 1)."""
        return self._log_joint(x, t).logsumexp(1)

    def velocity(self, x: Tensor, t: float | Tensor) -> Tensor:
        """Mean of x1 - x0 given x (n, 1) at time t, the same shape."""
        _, means, stds = self._parameters(x)
        of_each = gaussian_fm_velocity(x, t, means, stds)  # (n, k)
        share = self._log_joint(x, t).softmax(1)
        return (share * of_each).sum(1, keepdim=True)

    def _log_joint(self, x: Tensor, t: float | Tensor) -> Tensor:
        """Log density of component and x at time t, (n, k)."""
        weights, means, stds = self._parameters(x)
        variance = t**2 * stds**2 + (1 - t) ** 2
        square = (x - t * means) ** 2 / variance
        return weights.log() - (square + (2 * math.pi * variance).log()) / 2

    def _parameters(self, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return (
            like.new_tensor(self.weights),
            like.new_tensor(self.means),
            like.new_tensor(self.stds),
        )

    # --8<-- [end:mixture]


class VelocityNet(nn.Module):
    """Two hidden layers from a point and a time to a velocity.

    Args:
        dim: number of coordinates d.
        hidden: width of the hidden layers.
        generator: source of the initial weights; the global one if None.
    """

    def __init__(
        self, dim: int, hidden: int = 64, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise([dim + 1, hidden, hidden, dim]):
            linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out)
            for parameter in linear.parameters():
                bound = fan_in**-0.5
                nn.init.uniform_(parameter, -bound, bound, generator=generator)
            layers += [linear, nn.SiLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Velocity (n, d) at x (n, d) and times t (n, 1)."""
        return self.layers(torch.cat([x, t], dim=1))


# --8<-- [start:fit]
def fit(
    net: nn.Module,
    data: Tensor,
    steps: int,
    generator: torch.Generator,
    batch: int = 512,
    learning_rate: float = 0.01,
) -> list[float]:
    """Minimise ``cfm_loss`` by Adam on random batches of data (n, d). Changes net.

    The step size falls to zero along half a cosine.

    Returns:
        The loss before each step; ``steps`` numbers.

    Raises:
        ValueError: if steps is below 0, batch below 1, or there are no data.
    """
    if steps < 0 or batch < 1 or len(data) == 0:
        came = f"{steps}, {batch} and {len(data)}"
        raise ValueError(f"need steps >= 0, batch >= 1 and n >= 1, got {came}")
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        chosen = torch.randint(len(data), (batch,), generator=generator)
        loss = cfm_loss(net, data[chosen], generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
    # --8<-- [end:fit]
