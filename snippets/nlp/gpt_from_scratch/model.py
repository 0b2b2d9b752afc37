"""The model: embedding, pre-norm blocks, a last norm, and scores for the next token.

Axes: b window, h head, t token (s where it is read), d feature, k feature of a head.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._checks import _ids, _integer


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a model, all integers >= 1; heads must divide width.

    Attributes:
        vocab: number of different tokens.
        context: the most tokens that are read at once.
        layers: number of blocks.
        heads: heads of attention in each block.
        width: features of a token in the stream.
        tied: whether the head uses the matrix of the token embedding.

    Raises:
        ValueError: if a size does not fit.
    """

    vocab: int
    context: int
    layers: int
    heads: int
    width: int
    tied: bool = True

    def __post_init__(self) -> None:
        for name in ("vocab", "context", "layers", "heads", "width"):
            object.__setattr__(self, name, _integer(name, getattr(self, name), 1))
        if not isinstance(self.tied, bool):
            raise ValueError(f"tied must be True or False, got {self.tied!r}")
        if self.width % self.heads:
            raise ValueError(f"heads must divide width {self.width}, got {self.heads}")


# --8<-- [start:attention]
class Attention(nn.Module):
    """Each token averages the values of itself and of those before it."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """Stream in, branch out, both (b, t, d)."""
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (b, h, t, k)
            for part in self.qkv(x).chunk(3, -1)
        )
        scores = q @ k.mT / math.sqrt(q.shape[-1])  # (b, h, t, s)
        future = torch.ones_like(scores, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(-1)
        mixed = (weights @ v).transpose(1, 2).flatten(2)
        return self.out(mixed)  # type: ignore[no-any-return]
        # --8<-- [end:attention]


# --8<-- [start:block]
class Block(nn.Module):
    """Attention, then a network for each token alone; both read a normalized stream."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        d = config.width
        self.norm_1, self.attention = nn.LayerNorm(d), Attention(config)
        self.norm_2, self.up, self.down = (
            nn.LayerNorm(d),
            nn.Linear(d, 4 * d),
            nn.Linear(4 * d, d),
        )

    def forward(self, x: Tensor) -> Tensor:
        """The stream, (b, t, d), with two branches added."""
        x = x + self.attention(self.norm_1(x))
        hidden = F.gelu(self.up(self.norm_2(x)), approximate="tanh")
        return x + self.down(hidden)  # type: ignore[no-any-return]
        # --8<-- [end:block]


# --8<-- [start:gpt]
class GPT(nn.Module):
    """Scores for the token after each token of a window.

    Args:
        config: the sizes.
        generator: draws the weights; None is PyTorch's global one.
    """

    def __init__(
        self, config: GPTConfig, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.config = config
        self.token = nn.Embedding(config.vocab, config.width)
        self.position = nn.Embedding(config.context, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.vocab, bias=False)
        if config.tied:
            self.head.weight = self.token.weight
        self._draw(generator)

    @torch.no_grad()
    def _draw(self, generator: torch.Generator | None) -> None:
        """N(0, 0.02^2); what adds to the stream is smaller; biases 0, gains 1."""
        for name, p in self.named_parameters():  # a tied matrix comes once
            branch = name.endswith(("out.weight", "down.weight"))
            if p.ndim == 2:
                small = math.sqrt(2 * self.config.layers) if branch else 1
                p.normal_(0, 0.02 / small, generator=generator)
            elif name.endswith("bias"):
                p.zero_()

    def forward(self, ids: Tensor) -> Tensor:
        """Logits, shape (b, t, vocab), of the token after each of ids, shape (b, t).

        Raises:
            ValueError: if ids are not int64, t is 0 or above the context, or an id is
                not in the vocabulary.
        """
        _ids("ids", ids, 2, self.config.vocab)
        if not 1 <= ids.shape[1] <= self.config.context:
            want = f"1 to {self.config.context} tokens"
            raise ValueError(f"a window must have {want}, got {ids.shape[1]}")
        x = self.token(ids) + self.position.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))  # type: ignore[no-any-return]
        # --8<-- [end:gpt]
