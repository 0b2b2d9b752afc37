"""Additive coupling: half of the coordinates shifts the other half.

The inverse subtracts what the forward pass added, and the Jacobian determinant is 1.
Coordinates count from 0. A coupling of parity p keeps coordinates p, p + 2, ... and
moves the others. Shapes: n points, d coordinates; points are always (n, d).

Reference:
    Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components Estimation", 2014,
    arXiv:1410.8516.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from ._checks import _check_points, _integer


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
        self.dim = dim = _integer("dim", dim, 2)
        hidden = _integer("hidden", hidden, 1)
        whole = hasattr(parity, "__index__") and not isinstance(parity, bool)
        if not whole or parity not in (0, 1):
            raise ValueError(f"parity must be 0 or 1, got {parity!r}")
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
