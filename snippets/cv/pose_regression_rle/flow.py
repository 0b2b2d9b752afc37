"""A flow in the plane: the density of a normal that affine couplings have bent.

Reference:
    Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017,
    arXiv:1605.08803.
"""

import math

import torch
from torch import Tensor, nn

from ._checks import _integer, _widened

_LOG_ROOT_2PI = 0.5 * math.log(2 * math.pi)


# --8<-- [start:flow]
class RealNVP2d(nn.Module):
    """Density of 2-D points: a standard normal seen through affine couplings.

    Each layer keeps one coordinate and shifts and scales the other. A new flow is
    the identity, so its density is the standard normal.

    Args:
        layers: couplings, alternating between the coordinates, >= 1.
        hidden: width of the networks that give shift and scale, >= 1.
        generator: source of the initial weights.

    Raises:
        ValueError: if a number is no integer >= 1; later, if the points have another
            shape or type than the weights, or the weights are of 16 bits: the log
            density is a sum of many terms, of which these would leave two digits.
    """

    def __init__(
        self,
        layers: int = 4,
        hidden: int = 32,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        layers, hidden = _integer("layers", layers, 1), _integer("hidden", hidden, 1)
        self.nets = nn.ModuleList()
        for _ in range(layers):
            net = nn.Sequential(
                *(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, hidden)),
                *(nn.Tanh(), nn.Linear(hidden, 2)),
            )
            nn.init.normal_(net[0].weight, std=2.0, generator=generator)
            nn.init.normal_(net[0].bias, std=1.0, generator=generator)
            nn.init.normal_(net[2].weight, std=hidden**-0.5, generator=generator)
            for parameter in (net[2].bias, net[4].weight, net[4].bias):
                nn.init.zeros_(parameter)
            self.nets.append(net)

    def _coupling(self, layer: int, kept: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.nets[layer](kept).split(1, dim=1)
        return 2 * torch.tanh(log_scale), shift  # bounded: exp cannot overflow

    def log_prob(self, x: Tensor) -> Tensor:
        """Log density: x of shape (N, 2) to shape (N,)."""
        x = self._checked(x)
        z = list(x.split(1, dim=1))
        log_det = x.new_zeros(len(x))
        for layer in reversed(range(len(self.nets))):
            kept, moved = layer % 2, 1 - layer % 2
            log_scale, shift = self._coupling(layer, z[kept])
            z[moved] = (z[moved] - shift) * torch.exp(-log_scale)
            log_det = log_det - log_scale[:, 0]
        normal = -0.5 * (z[0] ** 2 + z[1] ** 2)[:, 0] - 2 * _LOG_ROOT_2PI
        return normal + log_det

    def push(self, z: Tensor) -> Tensor:
        """From the standard normal's side to the residual's: (N, 2) to (N, 2)."""
        x = list(self._checked(z).split(1, dim=1))
        for layer in range(len(self.nets)):
            kept, moved = layer % 2, 1 - layer % 2
            log_scale, shift = self._coupling(layer, x[kept])
            x[moved] = x[moved] * torch.exp(log_scale) + shift
        return torch.cat(x, dim=1)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw ``n`` points, shape (n, 2)."""
        like = next(self.parameters())
        shape = _integer("n", n, 0), 2
        options = {"generator": generator, "dtype": like.dtype, "device": like.device}
        return self.push(torch.randn(shape, **options))
        # --8<-- [end:flow]

    def _checked(self, x: Tensor) -> Tensor:
        dtype = next(self.parameters()).dtype
        if dtype.itemsize == 2:
            raise ValueError(f"the flow must be float32 or float64, got {dtype}")
        if x.ndim != 2 or x.shape[1] != 2 or _widened(x).dtype != dtype:
            got = f"{tuple(x.shape)}, {x.dtype}"
            raise ValueError(f"x must have shape (N, 2), {dtype}, got {got}")
        return _widened(x)
