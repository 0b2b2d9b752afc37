"""The miniature: one block of each kind, the wiring that of Kimi-VL.

Axes: t token, h head, d feature, e expert. Sequences are packed: no batch axis.

Reference:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import integer
from .balance import update_bias
from .experts import Experts, moe_forward
from .packing import pack, patchify, varlen_attention
from .positions import grid_positions, resize_table, rope_2d, rotate
from .projector import MLPProjector

IMAGE = 0  # the id that holds the place of one image token
IGNORE = -100  # a label that cross_entropy leaves out
_PATCH, _MERGE, _CHANNELS = 2, 2, 3
_VISION, _TEXT, _HEADS = 16, 24, 2
_VOCAB, _EXPERTS, _SHARED, _PICKS, _HIDDEN = 32, 8, 2, 2, 12
_SCALE = 2.446  # of the routed experts, as in Moonlight


class MoonViTBlock(nn.Module):
    """Pre-norm attention within each image, then a network for each patch."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(_VISION), nn.LayerNorm(_VISION)
        self.qkv, self.out = (
            nn.Linear(_VISION, 3 * _VISION),
            nn.Linear(_VISION, _VISION),
        )
        self.up, self.down = (
            nn.Linear(_VISION, 2 * _VISION),
            nn.Linear(2 * _VISION, _VISION),
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
        _check_stream(x, _VISION)
        q, k, v = self.qkv(self.norm_1(x)).unflatten(1, (3, _HEADS, -1)).unbind(1)
        mixed = varlen_attention(rope_2d(q, hw), rope_2d(k, hw), v, cu)
        x = x + self.out(mixed.flatten(1))
        y: Tensor = x + self.down(F.gelu(self.up(self.norm_2(x)), approximate="tanh"))
        return y
        # --8<-- [end:vision]


def _check_stream(x: Tensor, width: int) -> None:
    if x.ndim != 2 or x.shape[1] != width or not len(x):
        got = tuple(x.shape)
        raise ValueError(f"x must have shape (t, {width}), t >= 1, got {got}")


class MoEBlock(nn.Module):
    """Pre-norm causal attention within each sequence, then a mixture of experts.

    ``bias`` is a buffer: ``balance`` moves it, the optimizer does not know it.
    """

    bias: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.RMSNorm(_TEXT), nn.RMSNorm(_TEXT)
        self.qkv = nn.Linear(_TEXT, 3 * _TEXT, bias=False)
        self.out = nn.Linear(_TEXT, _TEXT, bias=False)
        self.router = nn.Parameter(torch.randn(_EXPERTS, _TEXT) / _TEXT**0.5)
        self.register_buffer("bias", torch.zeros(_EXPERTS))
        shapes = ((_HIDDEN, _TEXT), (_HIDDEN, _TEXT), (_TEXT, _HIDDEN))
        for name, count in (("routed", _EXPERTS), ("shared", _SHARED)):
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
        _check_stream(x, _TEXT)
        q, k, v = self.qkv(self.norm_1(x)).unflatten(1, (3, _HEADS, -1)).unbind(1)
        pair = torch.arange(0, q.shape[2], 2, device=x.device).double()
        starts = cu[:-1].repeat_interleave(cu.diff().clamp(min=0))
        position = torch.arange(len(starts), device=x.device) - starts
        angle = position[:, None] * 800_000.0 ** (-pair / q.shape[2])
        mixed = varlen_attention(rotate(q, angle), rotate(k, angle), v, cu, causal=True)
        x = x + self.out(mixed.flatten(1))
        routed, shared = Experts(*self.routed), Experts(*self.shared)
        y, load = moe_forward(
            self.norm_2(x), self.router, self.bias, routed, shared, _PICKS, _SCALE
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

    Raises:
        ValueError: if seed is no integer.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        seed = integer("seed", seed, -(2**63), 2**63 - 1)
        with torch.random.fork_rng(devices=[]):  # leave the reader's global seed alone
            torch.default_generator.manual_seed(seed)  # manual_seed: GPUs too
            self.patch = nn.Linear(_CHANNELS * _PATCH**2, _VISION)
            self.table = nn.Parameter(torch.randn(4, 4, _VISION))
            self.block = MoonViTBlock()
            self.vision_norm = nn.LayerNorm(_VISION)
            self.projector = MLPProjector(_VISION, _TEXT, _MERGE)
            self.embedding = nn.Embedding(_VOCAB, _TEXT)
            self.decoder = MoEBlock()
            self.norm = nn.RMSNorm(_TEXT)
            self.head = nn.Linear(_TEXT, _VOCAB, bias=False)

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
        packed = pack([patchify(image, _PATCH, _MERGE) for image in images])
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
            ValueError: if there is no text, one is empty or no vector of ids, or the
                places do not match the image tokens in number.
        """
        texts, images = _check_texts(texts), list(images)
        ids = torch.cat(texts)
        if ids.min() < 0 or ids.max() >= _VOCAB:
            got = f"{ids.min()} to {ids.max()}"
            raise ValueError(f"ids must be in 0 to {_VOCAB - 1}, got {got}")
        stream = self.embedding(ids)
        place = ids == IMAGE
        tokens = self.see(images) if images else stream[:0]
        if int(place.sum()) != len(tokens):
            got = f"{int(place.sum())} for {len(tokens)} image tokens"
            raise ValueError(f"texts must hold one IMAGE per image token, got {got}")
        stream = stream.masked_scatter(place[:, None], tokens)
        lengths = torch.tensor([0] + [len(t) for t in texts], device=ids.device)
        stream, load = self.decoder(stream, lengths.cumsum(0))
        return Output(self.head(self.norm(stream)), load)
        # --8<-- [end:forward]


# --8<-- [start:labels]
def next_token_labels(texts: Sequence[Tensor]) -> Tensor:
    """For each packed token the id that follows it in its own text, or IGNORE.

    IGNORE stands at the last token of each text, and before each image token: no
    token of one text predicts another text, and nothing predicts a place holder.

    Args:
        texts: as for ``MiniKimiVL``.

    Returns:
        int64, shape (t,).

    Raises:
        ValueError: if there is no text, or one is empty or no vector of ids.
    """
    labels = []
    for text in _check_texts(texts):
        last = text.new_full((1,), IGNORE)
        following = torch.cat([text[1:], last]).long()
        labels.append(following.masked_fill(following == IMAGE, IGNORE))
    return torch.cat(labels)
    # --8<-- [end:labels]


def _check_texts(texts: Sequence[Tensor]) -> list[Tensor]:
    texts = list(texts)
    kinds = (torch.int32, torch.int64)
    if not texts or any(
        t.ndim != 1 or t.dtype not in kinds or not len(t) for t in texts
    ):
        got = [(tuple(t.shape), t.dtype) for t in texts]
        raise ValueError(f"texts must be vectors of ids, none empty, got {got}")
    return texts
