"""A linear layer that is frozen, and two factors that learn in its place."""

import math

import torch
from torch import Tensor, nn

from ._checks import _integer, _positive, _wide_enough
from .adapter import _forward, _merged, _plain


# --8<-- [start:layer]
class LoRALinear(nn.Module):
    """``nn.Linear`` plus ``scale * b @ a``: with b = 0, at the start, the base itself.

    Attributes:
        base: the layer that was given; it is frozen, and merged into, in place.
        a, b: parameters, shapes (r, i) and (o, r), of the base's dtype and device.
        scale: alpha / r, or alpha / sqrt(r).
        merged: whether the update stands in ``base.weight``. While it does, a and b get
            no gradient, and the original weight is kept beside it.

    Args:
        base: an ``nn.Linear``.
        rank: from 1 to min(o, i).
        alpha: above 0.
        rank_stabilised: divide alpha by the root of the rank.
        generator: draws a; torch's own if None.

    Raises:
        ValueError: base is no ``nn.Linear`` of floats of 16 bits or more, rank or alpha
            are out of range; when called, x is not (..., i).
    """

    original: Tensor | None

    def __init__(
        self,
        base: nn.Linear,
        rank: int,
        alpha: float,
        rank_stabilised: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(base, nn.Linear) or not _wide_enough(base.weight):
            raise ValueError(f"base must be an nn.Linear of floats, got {base!r}")
        o, i = base.weight.shape
        r = _integer("rank", rank, 1, min(o, i))
        alpha = _positive("alpha", alpha)
        self.a = nn.Parameter(base.weight.new_empty(r, i))
        self.b = nn.Parameter(base.weight.new_zeros(o, r))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5), generator=generator)
        self.base = base.requires_grad_(False)
        self.scale = alpha / (math.sqrt(r) if rank_stabilised else r)
        self.merged = False
        self.register_buffer("original", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """x of shape (..., i) to shape (..., o)."""
        weight, bias = self.base.weight, self.base.bias
        if self.merged:
            return _plain(x, weight, bias)
        return _forward(x, weight, self.a, self.b, self.scale, bias)

    @torch.no_grad()
    def merge(self) -> None:
        """Add the update to ``base.weight``; once is enough, twice does not harm."""
        if not self.merged:
            self.original = self.base.weight.clone()
            new = _merged(self.original, self.a, self.b, self.scale)
            self.base.weight.copy_(new)
            self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        """Put the original back, bit for bit: in 16 bits a subtraction would not."""
        if self.merged and self.original is not None:
            self.base.weight.copy_(self.original)
            self.original, self.merged = None, False

    # --8<-- [end:layer]
