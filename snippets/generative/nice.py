"""NICE: an exact density from additive couplings, which keep volume, and one scaling.

Half of the coordinates shifts the other half, so the inverse subtracts what the
forward pass added, and every coupling has Jacobian determinant 1. Only the last layer,
a diagonal scaling z = exp(s) * h in the direction data -> code, changes volume.

Coordinates count from 0. A coupling of parity p keeps coordinates p, p + 2, ... and
moves the others. Shapes: n points, d coordinates; points are always (n, d).

References:
    Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components Estimation", 2014,
    arXiv:1410.8516, and the authors' code, github.com/laurent-dinh/nice.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from snippets.generative.nice_training import banana as banana
from snippets.generative.nice_training import bits_per_dimension as bits_per_dimension
from snippets.generative.nice_training import dequantize as dequantize
from snippets.generative.nice_training import fit as fit


# --8<-- [start:coupling]
class AdditiveCoupling(nn.Module):
    """Shift half of the coordinates by a network of the other half.

    Args:
        dim: number of coordinates d, at least 2.
        parity: 0 keeps the even coordinates and moves the odd ones, 1 the reverse.
        hidden: width of the two hidden layers of the network.
        generator: source of the initial weights; the global one if None.

    Attributes:
        shift: the network m, from the kept to the moved coordinates. Any module of
            these widths may take its place: invertible or smooth it need not be.

    Raises:
        ValueError: if an argument is out of range, or an input is not (n, d) and
            floating point.
    """

    def __init__(
        self,
        dim: int,
        parity: int,
        hidden: int = 64,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        _check_least("dim", dim, 2)
        _check_least("hidden", hidden, 1)
        if parity not in (0, 1):
            raise ValueError(f"parity must be 0 or 1, got {parity!r}")
        self.dim = dim
        self.kept = slice(parity, None, 2)
        self.moved = slice(1 - parity, None, 2)
        kept, moved = (len(range(dim)[part]) for part in (self.kept, self.moved))
        self.shift = _network([kept, hidden, hidden, moved], generator)

    def forward(self, x: Tensor) -> Tensor:
        """Data to code: x (n, d) to y (n, d), with Jacobian determinant 1."""
        _check_points(x, self.dim)
        y = x.clone()
        y[:, self.moved] += self.shift(x[:, self.kept])
        return y

    def inverse(self, y: Tensor) -> Tensor:
        """Code to data: y (n, d) to x (n, d). ``shift`` itself is never inverted."""
        _check_points(y, self.dim)
        x = y.clone()
        x[:, self.moved] -= self.shift(y[:, self.kept])
        return x

    # --8<-- [end:coupling]


class NICE(nn.Module):
    """Couplings of alternating parity, a diagonal scaling, a factorised prior.

    Args:
        dim: number of coordinates d, at least 2.
        layers: number of couplings; from 3 on, each output can see each input.
        hidden: width of the hidden layers in each coupling.
        prior: "logistic" or "gaussian", the standard one, for each code coordinate.
        generator: source of the initial weights; the global one if None.

    Attributes:
        log_scale: s, shape (d,), zero at the start. Freeze it, and the whole map
            keeps volume.

    Raises:
        ValueError: if an argument is out of range, or an input is not (n, d) and
            floating point.
    """

    def __init__(
        self,
        dim: int,
        layers: int = 4,
        hidden: int = 64,
        prior: str = "logistic",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        _check_least("layers", layers, 1)
        if prior not in ("logistic", "gaussian"):
            raise ValueError(f"prior must be 'logistic' or 'gaussian', got {prior!r}")
        self.dim, self.prior = dim, prior
        self.couplings = nn.ModuleList(
            AdditiveCoupling(dim, layer % 2, hidden, generator)
            for layer in range(layers)
        )
        self.log_scale = nn.Parameter(torch.zeros(dim))

    # --8<-- [start:density]
    def encode(self, x: Tensor) -> Tensor:
        """Data x (n, d) to code z (n, d)."""
        for coupling in self.couplings:
            x = coupling(x)
        return x * self.log_scale.exp()

    def forward(self, x: Tensor) -> Tensor:
        """The same as ``encode``."""
        return self.encode(x)

    def decode(self, z: Tensor) -> Tensor:
        """Code z (n, d) to data x (n, d): the same layers, backwards."""
        _check_points(z, self.dim)
        x = z * (-self.log_scale).exp()
        for coupling in reversed(self.couplings):
            x = coupling.inverse(x)
        return x

    def log_prob(self, x: Tensor) -> Tensor:
        """Log density of x (n, d), in nats, shape (n,)."""
        z = self.encode(x)
        if self.prior == "logistic":
            log_prior = logistic_log_prob(z)
        else:
            log_prior = -0.5 * (z**2 + math.log(2 * math.pi))
        return log_prior.sum(-1) + self.log_scale.sum()  # couplings add log 1 = 0
        # --8<-- [end:density]

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw n points, shape (n, d), by decoding draws from the prior."""
        _check_least("n", n, 0)
        options = {"dtype": self.log_scale.dtype, "device": self.log_scale.device}
        if self.prior == "logistic":
            uniform = torch.rand(n, self.dim, generator=generator, **options)
            # rand can return 0, whose logit is -inf.
            z = uniform.logit(eps=torch.finfo(uniform.dtype).eps)
        else:
            z = torch.randn(n, self.dim, generator=generator, **options)
        return self.decode(z)


# --8<-- [start:logistic]
def logistic_log_prob(h: Tensor) -> Tensor:
    """Log density of the standard logistic distribution at h, elementwise.

    Raises:
        ValueError: if h is not floating point.
    """
    if not h.is_floating_point():
        raise ValueError(f"h must be floating point, got {h.dtype}")
    # Not -softplus(h) - softplus(-h): beyond h = 20 F.softplus(h) is h, 2e-9 off.
    return F.logsigmoid(h) + F.logsigmoid(-h)
    # --8<-- [end:logistic]


# --8<-- [start:support]
def jacobian_support(model: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Which output depends on which input, at any of the points x (n, d).

    Args:
        model: maps (n, d) to (n, d), each row on its own, such as a coupling, a
            ``NICE`` or an ``nn.Sequential`` of couplings.
        x: the points, (n, d), floating point.

    Returns:
        Boolean, shape (d, d): entry (i, j) is True if the derivative of output i by
        input j is not zero at some point.

    Raises:
        ValueError: if x is not (n, d) or not floating point.
    """
    if x.ndim != 2 or not x.is_floating_point():
        raise ValueError(f"x must be floating, (n, d), got {x.dtype}, {tuple(x.shape)}")
    # Rows do not interact, so the sum over points keeps every row's own derivative.
    jacobian = torch.autograd.functional.jacobian(lambda rows: model(rows).sum(0), x)
    return (jacobian != 0).any(1)
    # --8<-- [end:support]


def _network(widths: list[int], generator: torch.Generator | None) -> nn.Sequential:
    """Linear layers, all weights uniform in +-1 / sqrt(fan-in), with SiLU between.

    The paper uses ReLU; a smooth activation makes the density smooth too.
    """
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        linear = nn.utils.skip_init(nn.Linear, fan_in, fan_out)
        bound = fan_in**-0.5
        for parameter in linear.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator=generator)
        layers += [linear, nn.SiLU()]
    return nn.Sequential(*layers[:-1])


def _check_least(name: str, value: int, least: int) -> None:
    if not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")


def _check_points(x: Tensor, dim: int) -> None:
    if x.ndim != 2 or x.shape[1] != dim or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"points must be (n, {dim}), floating point, got {came}")
