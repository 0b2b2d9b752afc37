"""A block of TransNormer, of one kind or the other, and which layers are of which kind.

The norm of NormAttention spans all heads together and a gate follows it, as in the
first author's code of the second version (transnormer-v2-pytorch), which also passes
the values through an activation. Feed-forward layer and place of the outer norms are
choices made here.

Axes: b batch, h head, t token, d feature, x feature of the model's width.

Reference:
    Qin, Han, Sun, Li, Kong, Barnes, Zhong, "The Devil in Linear Transformer",
    EMNLP 2022, arXiv:2210.10340.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import integer, positive
from .attention import diag_attention, srms_norm, unscaled_attention

_KINDS = ("diag", "norm")


# --8<-- [start:block]
class TransNormerBlock(nn.Module):
    """Attention of one kind, then a gated feed-forward layer.

    Args:
        kind: "diag" for DiagAttention, "norm" for NormAttention with elu + 1.
        width: features of the stream, x.
        heads: divides width.
        block: tokens per block; used by "diag" only.
        causal: whether a token sees only itself and what is before it.
        eps: of every norm.

    Raises:
        ValueError: if kind is unknown, heads does not divide width, block is no
            integer >= 1, or eps is not above 0.
    """

    def __init__(
        self,
        kind: str,
        width: int = 64,
        heads: int = 4,
        block: int = 16,
        causal: bool = True,
        eps: float = 1e-6,
    ) -> None:
        super().__init__()
        if kind not in _KINDS:
            raise ValueError(f"kind must be 'diag' or 'norm', got {kind!r}")
        width, heads = integer("width", width, 1), integer("heads", heads, 1)
        if width % heads:
            raise ValueError(f"heads must divide width, got {heads} and {width}")
        self.kind, self.heads, self.block = kind, heads, integer("block", block, 1)
        self.causal, self.eps = causal, positive("eps", eps)
        self.to_qkv = nn.Linear(width, 3 * width, bias=False)
        self.to_gate = nn.Linear(width, width, bias=False) if kind == "norm" else None
        self.to_out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)  # gate and content
        self.down = nn.Linear(2 * width, width, bias=False)

    def attention(self, x: Tensor) -> Tensor:
        """The token mixing alone, (b, t, x) to (b, t, x), before ``to_out``."""
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.to_qkv(x).chunk(3, dim=-1)
        )  # (b, h, t, d)
        if self.to_gate is None:
            mixed = diag_attention(q, k, v, self.block, self.causal, pad=True)
            return mixed.transpose(1, 2).flatten(-2)
        mixed = unscaled_attention(F.elu(q) + 1, F.elu(k) + 1, v, self.causal)
        joined = mixed.transpose(1, 2).flatten(-2)  # one norm for all heads
        return F.silu(self.to_gate(x)) * srms_norm(joined, self.eps)

    def forward(self, x: Tensor) -> Tensor:
        """The stream after the block, shape (b, t, x) as before it."""
        width = self.to_out.in_features
        if x.ndim != 3 or x.shape[-1] != width or 0 in x.shape:
            need = f"(b, t, {width}), no axis empty"
            raise ValueError(f"x must have shape {need}, got {tuple(x.shape)}")
        x = x + self.to_out(self.attention(srms_norm(x, self.eps)))
        gate, content = self.up(srms_norm(x, self.eps)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * content)

    # --8<-- [end:block]


def layer_kinds(layers: int) -> list[str]:
    """The kind of each layer from the input up: "diag" for the first half.

    Raises:
        ValueError: if layers is no integer >= 0.
    """
    layers = integer("layers", layers, 0)
    return ["diag"] * (layers // 2) + ["norm"] * (layers - layers // 2)
