"""Activations: what a Transformer layer keeps for its backward pass, in bytes.

The formula counts 16-bit activations and 8-bit dropout masks of a layer with a
feed-forward network four times as wide. ``Block`` is that layer and ``saved_bytes``
counts what autograd really keeps. Letters: s tokens, b sequences, h hidden size,
a heads.

References:
    Korthikanti et al., "Reducing Activation Recomputation in Large Transformer
    Models", MLSys 2023, arXiv:2205.05198.
    Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016,
    arXiv:1604.06174.
"""

from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.functional import gelu, scaled_dot_product_attention
from torch.utils.checkpoint import checkpoint

from ._checks import _count, _number

Mode = Literal["none", "selective", "full"]


# --8<-- [start:formula]
def activation_bytes(
    s: int, b: int, h: int, a: int, layers: int, mode: Mode = "none"
) -> int:
    """Bytes that ``layers`` Transformer layers keep between forward and backward.

    Args:
        s: tokens per sequence.
        b: sequences on this device.
        h: hidden size.
        a: attention heads; they divide h.
        layers: how many of them.
        mode: what is computed again in the backward pass: "none", "selective" (the
            s x s matrices of the attention), "full" (the layer, from its input).

    Raises:
        ValueError: for a size that is not an integer >= 1 (layers: 0), heads that do
            not divide h, or another mode.
    """
    s, b, h, a = (_count(n, x, 1) for n, x in zip("sbha", (s, b, h, a)))
    layers = _count("layers", layers, 0)
    if h % a:
        raise ValueError(f"a must divide h, got h={h}, a={a}")
    kept = {
        "none": 34 * s * b * h + 5 * a * s * s * b,
        "selective": 34 * s * b * h,
        "full": 2 * s * b * h,
    }
    if mode not in kept:
        raise ValueError(f"mode must be 'none', 'selective' or 'full', got {mode!r}")
    return layers * kept[mode]
    # --8<-- [end:formula]


# --8<-- [start:block]
class Block(nn.Module):
    """The layer that the formula counts: GELU, and dropout in three places.

    Args:
        h: hidden size.
        a: attention heads.
        dropout: probability, after the softmax and after both halves.
        fused: use ``scaled_dot_product_attention``, which drops out nothing here.
        recompute: what the backward pass computes again, as in ``activation_bytes``.

    Raises:
        ValueError: for sizes that are not integers >= 1, heads that do not divide h,
            a dropout not in [0, 1), or another mode.
    """

    def __init__(
        self,
        h: int,
        a: int,
        dropout: float = 0.1,
        fused: bool = False,
        recompute: Mode = "none",
    ) -> None:
        super().__init__()
        h, a = _count("h", h, 1), _count("a", a, 1)
        if h % a:
            raise ValueError(f"a must divide h, got h={h}, a={a}")
        dropout = _number("dropout", dropout, 0, 1)
        if recompute not in get_args(Mode):
            raise ValueError(f"recompute must be one of {Mode}, got {recompute!r}")
        self.a, self.dropout, self.fused, self.recompute = a, dropout, fused, recompute
        self.norms = nn.ModuleList(nn.LayerNorm(h) for _ in range(2))
        self.qkv = nn.ModuleList(nn.Linear(h, h) for _ in range(3))
        self.out, self.up = nn.Linear(h, h), nn.Linear(h, 4 * h)
        self.down = nn.Linear(4 * h, h)

    def drop(self, x: Tensor) -> Tensor:
        """Dropout that keeps its mask in one byte per element, as on a GPU."""
        mask = torch.rand_like(x, dtype=torch.float32) < self.dropout
        return x.masked_fill(mask, 0) * (1 / (1 - self.dropout))

    def core(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Attention of (b, a, s, d) tensors: the part that grows with s squared."""
        if self.fused:
            return scaled_dot_product_attention(q, k, v)
        weights = (q * q.shape[-1] ** -0.5 @ k.mT).softmax(-1)
        return self.drop(weights) @ v

    def layer(self, x: Tensor) -> Tensor:
        """The layer without full recomputation: x and result (b, s, h)."""
        y = self.norms[0](x)
        q, k, v = (f(y).unflatten(-1, (self.a, -1)).transpose(1, 2) for f in self.qkv)
        if self.recompute == "selective":
            mixed = checkpoint(self.core, q, k, v, use_reentrant=False)
        else:
            mixed = self.core(q, k, v)
        x = x + self.drop(self.out(mixed.transpose(1, 2).flatten(2)))
        y = self.up(self.norms[1](x))
        return x + self.drop(self.down(gelu(y)))

    def forward(self, x: Tensor) -> Tensor:
        """x and result: shape (b, s, h)."""
        h = self.out.in_features
        if x.ndim != 3 or x.shape[-1] != h or 0 in x.shape:
            got = tuple(x.shape)
            raise ValueError(f"x must have shape (b, s, {h}), not empty, got {got}")
        if self.recompute == "full":
            result: Tensor = checkpoint(self.layer, x, use_reentrant=False)
            return result
        return self.layer(x)
        # --8<-- [end:block]


# --8<-- [start:saved]
def saved_bytes(model: nn.Module, *inputs: Any) -> int:
    """Bytes that a forward pass keeps for the backward pass, parameters apart.

    A tensor that several operations keep counts once, as it is stored once.
    """
    kept: dict[int, Tensor] = {}  # alive until we return, so that addresses differ
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}

    def pack(x: Tensor) -> Tensor:
        if x.untyped_storage().data_ptr() not in own:
            kept[x.untyped_storage().data_ptr()] = x
        return x

    with saved_tensors_hooks(pack, _same):
        result = model(*inputs)
    del result
    return sum(x.untyped_storage().nbytes() for x in kept.values())
    # --8<-- [end:saved]


def _same(x: Tensor) -> Tensor:
    return x
