"""A small ViT: patches by a strided convolution, a class token, pre-norm blocks.

References: Dosovitskiy et al. 2020, arXiv:2010.11929; Darcet et al. 2023,
arXiv:2309.16588 (registers).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._checks import integer


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)); no token hides from another.

    Args:
        dim: width; heads divides it.
        heads: of the attention.
        hidden: width inside the feed-forward network.

    Raises:
        ValueError: if a number is no integer >= 1, or heads does not divide dim.
    """

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        dim, self.heads = integer("dim", dim, 1), integer("heads", heads, 1)
        hidden = integer("hidden", hidden, 1)
        if dim % heads:
            raise ValueError(f"heads must divide dim, got {heads} for {dim}")
        self.norm_1, self.norm_2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, tokens, dim) in and out.

        Raises:
            ValueError: if x has another shape.
        """
        dim = self.out.in_features
        if x.ndim != 3 or x.shape[-1] != dim:
            raise ValueError(
                f"x must have shape (n, tokens, {dim}), got {tuple(x.shape)}"
            )
        q, k, v = self.qkv(self.norm_1(x)).unflatten(-1, (3, self.heads, -1)).unbind(-3)
        heads = (part.transpose(1, 2) for part in (q, k, v))  # n, head, token, feature
        read = F.scaled_dot_product_attention(*heads)
        x = x + self.out(read.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm_2(x))))


class ViT(nn.Module):
    """Images in, one score for each class out.

    Args:
        image, patch: sides in pixels; patch divides image.
        dim, depth, heads: width, blocks, heads; heads divides dim.
        classes, channels: outputs, and channels of the images.
        registers: further learned tokens, which nothing reads at the end.
        positions: whether each token gets a learned vector of its place.

    Raises:
        ValueError: if an argument is not as above.
    """

    def __init__(
        self,
        image: int,
        patch: int,
        dim: int,
        depth: int,
        heads: int,
        classes: int,
        channels: int = 3,
        registers: int = 0,
        positions: bool = True,
    ) -> None:
        super().__init__()
        image, patch = integer("image", image, 1), integer("patch", patch, 1)
        dim, depth = integer("dim", dim, 1), integer("depth", depth, 1)
        classes, channels = (
            integer("classes", classes, 1),
            integer("channels", channels, 1),
        )
        registers = integer("registers", registers, 0)
        if image % patch:
            raise ValueError(f"patch must divide image, got {patch} for {image}")
        self.size = (channels, image, image)
        self.embed = nn.Conv2d(channels, dim, patch, stride=patch)
        self.cls = nn.Parameter(torch.randn(dim) * 0.02)
        tokens = 1 + (image // patch) ** 2
        self.table = (
            nn.Parameter(torch.randn(tokens, dim) * 0.02) if positions else None
        )
        self.registers = nn.Parameter(torch.randn(registers, dim) * 0.02)
        self.blocks = nn.ModuleList(Block(dim, heads, 4 * dim) for _ in range(depth))
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Shape (n, channels, image, image) to (n, classes).

        Raises:
            ValueError: if the images have another shape.
        """
        if images.ndim != 4 or images.shape[1:] != self.size:
            raise ValueError(
                f"images must have shape (n, {', '.join(map(str, self.size))}),"
                f" got {tuple(images.shape)}"
            )
        # --8<-- [start:forward]
        n = len(images)
        x = self.embed(images).flatten(2).transpose(1, 2)  # n, L, dim
        x = torch.cat([self.cls.expand(n, 1, -1), x], dim=1)
        if self.table is not None:
            x = x + self.table  # after the class token, which has a row too
        x = torch.cat([x, self.registers.expand(n, -1, -1)], dim=1)  # no place
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x[:, 0]))
        # --8<-- [end:forward]
