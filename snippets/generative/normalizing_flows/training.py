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

from ._checks import _check_points, _integer, _normal, _wide
from .matching import _check_time, _widened, cfm_loss, gaussian_fm_velocity


# --8<-- [start:mixture]
@dataclass(frozen=True)
class Mixture:
    """Normal distributions on the line, k of them, weighted.

    Args:
        weights: positive, summing to 1.
        means: of the components.
        stds: standard deviations, positive.

    Raises:
        ValueError: if the lengths differ, weights or stds are not as wanted, a mean is
            not finite, or points are not (n, 1) and floating.
    """

    weights: Sequence[float] = (0.3, 0.7)
    means: Sequence[float] = (-2.0, 1.5)
    stds: Sequence[float] = (0.3, 0.4)

    def __post_init__(self) -> None:
        for name in ("weights", "means", "stds"):  # iterators would be used up
            object.__setattr__(self, name, tuple(getattr(self, name)))
        lengths = len(self.weights), len(self.means), len(self.stds)
        if len(set(lengths)) > 1:
            raise ValueError(
                f"weights, means, stds must be equally many, got {lengths}"
            )
        positive = bool(self.weights) and all(w > 0 for w in self.weights)
        if not positive or not abs(sum(self.weights) - 1) <= 1e-9:
            raise ValueError(
                f"weights must be positive and sum to 1, got {self.weights}"
            )
        if not all(0 < s < math.inf for s in self.stds):
            raise ValueError(f"stds must be positive and finite, got {self.stds}")
        if not all(map(math.isfinite, self.means)):
            raise ValueError(f"means must be finite, got {self.means}")

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw n points, float64, (n, 1)."""
        n = _integer("n", n, 0)
        where = None if generator is None else generator.device
        like = torch.empty(0, 1, dtype=torch.float64, device=where)
        weights, means, stds = self._parameters(like)
        if n == 0:
            return like
        k = torch.multinomial(weights, n, replacement=True, generator=generator)
        noise = _normal(torch.Size([n]), generator, like)
        return (means[k] + stds[k] * noise)[:, None]

    def cdf(self, x: Tensor) -> Tensor:
        """Probability of a value below x (n, 1), the same shape."""
        weights, means, stds = self._parameters(x)
        below = torch.special.ndtr((_wide(x) - means) / stds)
        return (weights * below).sum(1, keepdim=True).to(x.dtype)

    def log_prob(self, x: Tensor, t: float | Tensor = 1.0) -> Tensor:
        """Log density in nats, (n,), of (1 - t) noise + t data at x (n, 1)."""
        return self._log_joint(x, t).logsumexp(1).to(x.dtype)

    def velocity(self, x: Tensor, t: float | Tensor) -> Tensor:
        """Mean of x1 - x0 given x (n, 1) at time t, the same shape."""
        _, means, stds = self._parameters(x)
        of_each = gaussian_fm_velocity(_wide(x), t, means, stds)  # (n, k)
        share = self._log_joint(x, t).softmax(1)
        return (share * of_each).sum(1, keepdim=True).to(x.dtype)

    def _log_joint(self, x: Tensor, t: float | Tensor) -> Tensor:
        """Log density of component and x at time t, (n, k)."""
        weights, means, stds = self._parameters(x)
        _check_time(x, t)
        x, t = _wide(x), _widened(t)
        variance = t**2 * stds**2 + (1 - t) ** 2
        square = (x - t * means) ** 2 / variance
        return weights.log() - (square + (2 * math.pi * variance).log()) / 2

    def _parameters(self, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        _check_points(like)
        if like.shape[1] != 1:
            raise ValueError(f"points must be (n, 1), got {tuple(like.shape)}")
        like = _wide(like)
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
        dim, hidden = _integer("dim", dim), _integer("hidden", hidden)
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
        _check_points(x)
        wanted = self.layers[0].in_features - 1
        if x.shape[1] != wanted or t.shape != (len(x), 1):
            came = f"{tuple(x.shape)}, {tuple(t.shape)}"
            raise ValueError(f"x, t must be (n, {wanted}), (n, 1), got {came}")
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

    The step size falls towards zero along half a cosine.

    Returns:
        The loss before each step; ``steps`` numbers.

    Raises:
        ValueError: if steps is no integer >= 0, batch none >= 1, data not (n, d) with
            n >= 1, weights or data have 16 bits, the step size is not finite and >= 0,
            or a loss is not finite.
    """
    steps, batch = _integer("steps", steps, 0), _integer("batch", batch)
    _check_points(data, "data", least=1)
    if not 0 <= learning_rate < math.inf:
        raise ValueError(f"learning_rate must be finite, >= 0, got {learning_rate}")
    for weight in net.parameters():
        if torch.finfo(weight.dtype).bits == 16:
            raise ValueError(f"weights must be float32 or float64, got {weight.dtype}")
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
        where = generator.device
        chosen = torch.randint(len(data), (batch,), generator=generator, device=where)
        loss = cfm_loss(net, data[chosen.to(data.device)], generator)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):  # before a step makes all weights NaN
            raise ValueError(f"losses must be finite, got {losses[-1]} at step {step}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
    # --8<-- [end:fit]
