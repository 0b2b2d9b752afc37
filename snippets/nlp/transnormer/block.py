"""A block of TransNormer, of one kind or the other, and which layers are of which kind.

Axes: b batch, h head, t token, d feature, x feature of the model's width.

Reference:
    Qin, Han, Sun, Li, Kong, Barnes, Zhong, "The Devil in Linear Transformer",
    EMNLP 2022, arXiv:2210.10340. The feed-forward layer and the place of the norms
    are choices made here.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from .attention import diag_attention, norm_attention, srms_norm

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
        ValueError: if kind is unknown, heads does not divide width, block is below 1,
            or eps is not above 0.
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
        if heads < 1 or width < 1 or width % heads:
            raise ValueError(f"heads must divide width, got {heads} and {width}")
        if block < 1:
            raise ValueError(f"block must be >= 1, got {block}")
        if not eps > 0:
            raise ValueError(f"eps must be > 0, got {eps}")
        self.kind, self.heads, self.block = kind, heads, block
        self.causal, self.eps = causal, eps
        self.to_qkv = nn.Linear(width, 3 * width, bias=False)
        self.to_out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)  # gate and content
        self.down = nn.Linear(2 * width, width, bias=False)

    def attention(self, x: Tensor) -> Tensor:
        """The token mixing alone, (b, t, x) to (b, t, x), before ``to_out``."""
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.to_qkv(x).chunk(3, dim=-1)
        )  # (b, h, t, d)
        if self.kind == "diag":
            mixed = diag_attention(q, k, v, self.block, self.causal, pad=True)
        else:
            q, k = F.elu(q) + 1, F.elu(k) + 1
            mixed = norm_attention(q, k, v, self.causal, self.eps)
        return mixed.transpose(1, 2).flatten(-2)

    def forward(self, x: Tensor) -> Tensor:
        """The stream after the block, shape (b, t, x) as before it."""
        x = x + self.to_out(self.attention(srms_norm(x, self.eps)))
        gate, content = self.up(srms_norm(x, self.eps)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * content)

    # --8<-- [end:block]


def layer_kinds(layers: int) -> list[str]:
    """The kind of each layer from the input up: "diag" for the first half.

    Raises:
        ValueError: if layers is negative.
    """
    if layers < 0:
        raise ValueError(f"layers must be >= 0, got {layers}")
    return ["diag"] * (layers // 2) + ["norm"] * (layers - layers // 2)
