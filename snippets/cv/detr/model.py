"""DETR in miniature: convolutions, one encoder layer, and queries that ask in parallel.

Reference:
    Carion et al., "End-to-End Object Detection with Transformers", ECCV 2020,
    arXiv:2005.12872.
"""

import torch
from torch import Tensor, nn

from ._checks import _integer


# --8<-- [start:model]
class TinyDETR(nn.Module):
    """Images (B, 1, S, S) to logits (B, Q, C + 1) and boxes (B, Q, 4) in [0, 1].

    Smaller than the paper's in all, and otherwise unlike it: positions are learned
    and added once, not in every attention; so are the queries, as the decoder's input;
    layers normalize first, not last; there is no dropout; the head of boxes has two
    layers, not three; and only the last decoder layer answers.

    Args:
        classes: C, without "no object".
        queries: Q, the most objects that one image can hold.
        size: S, a multiple of 4.
        width: features per token.
        layers: of the decoder.

    Raises:
        ValueError: if a number is no integer >= 1, ``size`` or ``width`` is no multiple
            of 4, or the images have another shape.
    """

    def __init__(
        self,
        classes: int = 2,
        queries: int = 4,
        size: int = 16,
        width: int = 32,
        layers: int = 1,
    ) -> None:
        classes = _integer("classes", classes, 1)
        queries, layers = _integer("queries", queries, 1), _integer("layers", layers, 1)
        size, width = _integer("size", size, 1), _integer("width", width, 1)
        if size % 4 or width % 4:
            want = "size and width must be multiples of 4"
            raise ValueError(f"{want}, got {size} and {width}")
        super().__init__()
        self.size = size
        self.backbone = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, width, 3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.position = nn.Parameter(torch.randn((size // 4) ** 2, width))
        self.query = nn.Parameter(torch.randn(queries, width))
        options = {"dropout": 0.0, "batch_first": True, "norm_first": True}
        self.encoder = nn.TransformerEncoderLayer(width, 4, 2 * width, **options)
        decoder = nn.TransformerDecoderLayer(width, 4, 2 * width, **options)
        self.decoder = nn.TransformerDecoder(decoder, layers, nn.LayerNorm(width))
        self.to_logits = nn.Linear(width, classes + 1)
        self.to_box = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 4)
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and boxes of all queries at once; no query waits for another."""
        if images.shape[1:] != (1, self.size, self.size):
            need = f"(B, 1, {self.size}, {self.size})"
            raise ValueError(f"images must be {need}, got {tuple(images.shape)}")
        tokens = self.backbone(images).flatten(2).transpose(1, 2) + self.position
        memory = self.encoder(tokens)
        queries = self.query.expand(len(images), -1, -1)
        # No mask: from a second layer on, queries see what the others have read.
        out = self.decoder(queries, memory)
        return self.to_logits(out), self.to_box(out).sigmoid()

    # --8<-- [end:model]
