"""NICE: couplings, then one diagonal scaling, the only layer that changes volume.

The scaling is z = exp(s) * h in the direction data -> code. Shapes: n points, d
coordinates; points are always (n, d).

References:
    Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components Estimation", 2014,
    arXiv:1410.8516, and the authors' code, github.com/laurent-dinh/nice.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import _check_points, _integer, _wide
from .coupling import AdditiveCoupling


class NICE(nn.Module):
    """Couplings of alternating parity, a diagonal scaling, a factorised prior.

    Args:
        dim: number of coordinates d, at least 2.
        layers: number of couplings; from 3 on, each output can see each input.
        hidden: width of the hidden layers in each coupling.
        prior: "logistic" or "gaussian", the standard one, for each code coordinate.
        generator: source of the initial weights; the global one if None.

    Attributes:
        log_scale: s, shape (d,), zero at the start. Freeze it there, and the whole
            map keeps volume.

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
        layers = _integer("layers", layers, 1)
        if prior not in ("logistic", "gaussian"):
            raise ValueError(f"prior must be 'logistic' or 'gaussian', got {prior!r}")
        self.dim, self.prior = _integer("dim", dim, 2), prior
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
        z = _wide(self.encode(x))
        if self.prior == "logistic":
            log_prior = logistic_log_prob(z)
        else:
            log_prior = -0.5 * (z**2 + math.log(2 * math.pi))
        # The couplings add log 1 = 0.
        return (log_prior.sum(-1) + _wide(self.log_scale).sum()).to(x.dtype)
        # --8<-- [end:density]

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw n points, shape (n, d), by decoding draws from the prior."""
        size = _integer("n", n, 0), self.dim
        like = _wide(self.log_scale)  # 8 or 11 bits of a uniform number have no tails
        device = like.device if generator is None else generator.device
        options = {"generator": generator, "dtype": like.dtype, "device": device}
        if self.prior == "logistic":
            uniform = torch.rand(size, **options)
            # rand can return 0, whose logit is -inf.
            z = uniform.logit(eps=torch.finfo(uniform.dtype).eps)
        else:
            z = torch.randn(size, **options)
        return self.decode(z.to(self.log_scale))


# --8<-- [start:logistic]
def logistic_log_prob(h: Tensor) -> Tensor:
    """Log density of the standard logistic distribution at h, elementwise.

    Raises:
        ValueError: if h is not floating point.
    """
    if not h.is_floating_point():
        raise ValueError(f"h must be floating point, got {h.dtype}")
    # Not -softplus(h) - softplus(-h): beyond h = 20 F.softplus(h) is h, 2e-9 off.
    wide = _wide(h)
    return (F.logsigmoid(wide) + F.logsigmoid(-wide)).to(h.dtype)
    # --8<-- [end:logistic]
