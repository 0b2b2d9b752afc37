"""Kimi-VL in miniature: images become patches, patches become tokens, tokens go to a
language model whose feed-forward networks are experts.

One block of each kind, the shapes small, the wiring the real one's, but for two things:
attention of the decoder is plain multi-head, where Moonlight compresses keys and values
(MLA), and the decoder has no dense first layer.

Axes: t token, h head, d feature, e expert. Sequences are packed: no batch axis.

References:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from snippets.nlp.kimi_vl_experts import Experts as Experts
from snippets.nlp.kimi_vl_experts import balance_experiment as balance_experiment
from snippets.nlp.kimi_vl_experts import load_balance_loss as load_balance_loss
from snippets.nlp.kimi_vl_experts import moe_forward as moe_forward
from snippets.nlp.kimi_vl_experts import topk_route as topk_route
from snippets.nlp.kimi_vl_experts import update_bias as update_bias
from snippets.nlp.kimi_vl_packing import block_mask as block_mask
from snippets.nlp.kimi_vl_packing import pack as pack
from snippets.nlp.kimi_vl_packing import patchify as patchify
from snippets.nlp.kimi_vl_packing import varlen_attention as varlen_attention
from snippets.nlp.kimi_vl_parameters import (
    moonlight_param_count as moonlight_param_count,
)
from snippets.nlp.kimi_vl_vision import MLPProjector as MLPProjector
from snippets.nlp.kimi_vl_vision import grid_positions, resize_table, rotate
from snippets.nlp.kimi_vl_vision import rope_2d as rope_2d
from snippets.nlp.kimi_vl_vision import space_to_depth as space_to_depth

IMAGE = 0  # the id that holds the place of one image token
PATCH, MERGE, CHANNELS = 2, 2, 3
VISION, TEXT, HEADS = 16, 24, 2
VOCAB, EXPERTS, SHARED, PICKS, HIDDEN = 32, 8, 2, 2, 12
SCALE = 2.446  # of the routed experts, as in Moonlight


class MoonViTBlock(nn.Module):
    """Pre-norm attention within each image, then a network for each patch."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(VISION), nn.LayerNorm(VISION)
        self.qkv, self.out = nn.Linear(VISION, 3 * VISION), nn.Linear(VISION, VISION)
        self.up, self.down = (
            nn.Linear(VISION, 2 * VISION),
            nn.Linear(2 * VISION, VISION),
        )

    # --8<-- [start:vision]
    def forward(self, x: Tensor, cu: Tensor, hw: Tensor) -> Tensor:
        """Packed patches in, packed patches out.

        Args:
            x: shape (t, d).
            cu: where the images start, and the end, shape (images + 1,).
            hw: row and column of each patch, shape (t, 2).

        Returns:
            Shape (t, d).
        """
        q, k, v = self.qkv(self.norm_1(x)).unflatten(1, (3, HEADS, -1)).unbind(1)
        mixed = varlen_attention(rope_2d(q, hw), rope_2d(k, hw), v, cu)
        x = x + self.out(mixed.flatten(1))
        y: Tensor = x + self.down(F.gelu(self.up(self.norm_2(x)), approximate="tanh"))
        return y
        # --8<-- [end:vision]


class MoEBlock(nn.Module):
    """Pre-norm causal attention within each sequence, then a mixture of experts.

    ``bias`` is a buffer: ``balance`` moves it, the optimizer does not know it.
    """

    bias: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.RMSNorm(TEXT), nn.RMSNorm(TEXT)
        self.qkv = nn.Linear(TEXT, 3 * TEXT, bias=False)
        self.out = nn.Linear(TEXT, TEXT, bias=False)
        self.router = nn.Parameter(torch.randn(EXPERTS, TEXT) / TEXT**0.5)
        self.register_buffer("bias", torch.zeros(EXPERTS))
        shapes = ((HIDDEN, TEXT), (HIDDEN, TEXT), (TEXT, HIDDEN))
        for name, count in (("routed", EXPERTS), ("shared", SHARED)):
            weights = [torch.randn(count, *s) / s[1] ** 0.5 for s in shapes]
            setattr(self, name, nn.ParameterList(weights))

    # --8<-- [start:decoder]
    def forward(self, x: Tensor, cu: Tensor) -> tuple[Tensor, Tensor]:
        """Packed tokens in, packed tokens and the load of the experts out.

        Args:
            x: shape (t, d).
            cu: where the sequences start, and the end, shape (sequences + 1,).

        Returns:
            Shape (t, d), and shape (e,).
        """
        q, k, v = self.qkv(self.norm_1(x)).unflatten(1, (3, HEADS, -1)).unbind(1)
        frequency = 50_000.0 ** (-torch.arange(0, q.shape[2], 2).double() / q.shape[2])
        position = torch.cat([torch.arange(n) for n in cu.diff().tolist()])
        angle = (position[:, None] * frequency).to(x.device)
        mixed = varlen_attention(rotate(q, angle), rotate(k, angle), v, cu, causal=True)
        x = x + self.out(mixed.flatten(1))
        routed, shared = Experts(*self.routed), Experts(*self.shared)
        y, load = moe_forward(
            self.norm_2(x), self.router, self.bias, routed, shared, PICKS, SCALE
        )
        return x + y, load
        # --8<-- [end:decoder]

    def balance(self, load: Tensor, rate: float) -> None:
        """Move the bias against the load of the last step."""
        self.bias = update_bias(self.bias, load, rate)


class Output(NamedTuple):
    """Logits of all packed tokens, and the load of the experts."""

    logits: Tensor  # (t, vocab)
    load: Tensor  # (e,)


class MiniKimiVL(nn.Module):
    """Patch embedding, one MoonViT block, projector, one decoder block, logits.

    Args:
        seed: of the weights.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):  # leave the reader's global seed alone
            torch.manual_seed(seed)
            self.patch = nn.Linear(CHANNELS * PATCH**2, VISION)
            self.table = nn.Parameter(torch.randn(4, 4, VISION))
            self.block = MoonViTBlock()
            self.vision_norm = nn.LayerNorm(VISION)
            self.projector = MLPProjector(VISION, TEXT, MERGE)
            self.embedding = nn.Embedding(VOCAB, TEXT)
            self.decoder = MoEBlock()
            self.norm = nn.RMSNorm(TEXT)
            self.head = nn.Linear(TEXT, VOCAB, bias=False)

    # --8<-- [start:images]
    def see(self, images: Sequence[Tensor]) -> Tensor:
        """Tokens of images of any sizes, in one packed pass.

        Args:
            images: at least one, each (3, H, W), H and W multiples of 4.

        Returns:
            Shape (t, d): for each image H / 4 * W / 4 tokens.

        Raises:
            ValueError: as ``patchify`` and ``pack``.
        """
        packed = pack([patchify(image, PATCH, MERGE) for image in images])
        grids = packed.grid_hw
        table = torch.cat([resize_table(self.table, h, w) for h, w in grids.tolist()])
        x = self.patch(packed.tokens) + table
        x = self.block(x, packed.cu_seqlens, grid_positions(grids).to(x.device))
        tokens: Tensor = self.projector(self.vision_norm(x), grids)
        return tokens
        # --8<-- [end:images]

    # --8<-- [start:forward]
    def forward(self, texts: Sequence[Tensor], images: Sequence[Tensor]) -> Output:
        """Logits for sequences of ids in which IMAGE holds the place of image tokens.

        Args:
            texts: at least one vector of ids, none empty.
            images: in the order in which the texts use them.

        Returns:
            Logits of all sequences end to end, and the load of the experts.

        Raises:
            ValueError: if there is no text, one is empty, or the places do not match
                the image tokens in number.
        """
        if not texts or min(text.numel() for text in texts) < 1:
            got = [text.numel() for text in texts]
            raise ValueError(f"texts must be at least one, none empty, got {got}")
        ids = torch.cat(list(texts))
        stream = self.embedding(ids)
        place = ids == IMAGE
        tokens = self.see(images) if images else stream[:0]
        if int(place.sum()) != len(tokens):
            got = f"{int(place.sum())} for {len(tokens)} image tokens"
            raise ValueError(f"texts must hold one IMAGE per image token, got {got}")
        stream = stream.masked_scatter(place[:, None], tokens)
        lengths = torch.tensor([0] + [len(text) for text in texts])
        stream, load = self.decoder(stream, lengths.cumsum(0).to(ids.device))
        return Output(self.head(self.norm(stream)), load)
        # --8<-- [end:forward]
