"""How four patches become one token: space-to-depth, and the projector.

Axes: t token, h row of the grid, w column, d feature.

Reference:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# --8<-- [start:depth]
def space_to_depth(x: Tensor, k: int) -> Tensor:
    """Each k by k square of tokens becomes one token, k * k times as wide.

    Nothing is averaged, nothing is lost. Features keep together: first all of the top
    left token, then all of its right neighbour, and so on.

    Args:
        x: a grid of tokens, shape (h, w, d), h and w multiples of k.
        k: side of the square, >= 1.

    Returns:
        Shape (h / k, w / k, k * k * d).

    Raises:
        ValueError: if x is not (h, w, d), or h or w is not a multiple of k.
    """
    if x.ndim != 3 or k < 1 or x.shape[0] % k or x.shape[1] % k:
        want = "x must be (h, w, d), h and w multiples of k >= 1"
        raise ValueError(f"{want}, got {tuple(x.shape)} and k = {k}")
    h, w, d = x.shape
    squares = x.reshape(h // k, k, w // k, k, d).transpose(1, 2)  # (h/k, w/k, k, k, d)
    return squares.reshape(h // k, w // k, k * k * d)
    # --8<-- [end:depth]


# --8<-- [start:projector]
class MLPProjector(nn.Module):
    """Normalize each patch, merge k by k patches, then two linear maps with a GELU.

    The defaults are Kimi-VL's: 4 * 1152 = 4608 -> 4608 -> 2048.

    Args:
        vision_width: features of a patch.
        text_width: features of a token of the language model.
        k: side of the square that is merged.
    """

    def __init__(
        self, vision_width: int = 1152, text_width: int = 2048, k: int = 2
    ) -> None:
        super().__init__()
        merged = k * k * vision_width
        self.k = k
        self.norm = nn.LayerNorm(vision_width)
        self.linear_1 = nn.Linear(merged, merged)
        self.linear_2 = nn.Linear(merged, text_width)

    def forward(self, tokens: Tensor, grid_hw: Tensor) -> Tensor:
        """Project packed patches.

        Args:
            tokens: shape (t, vision_width).
            grid_hw: rows and columns of each image, shape (images, 2).

        Returns:
            Shape (t / k^2, text_width), still packed, images in the same order.

        Raises:
            ValueError: if the grids do not hold t tokens, or k does not divide one.
        """
        sizes = grid_hw.prod(-1).tolist()
        if grid_hw.ndim != 2 or tokens.ndim != 2 or sum(sizes) != tokens.shape[0]:
            got = f"{grid_hw.tolist()} for {tokens.shape[0]} tokens"
            raise ValueError(f"grid_hw must hold all tokens, got {got}")
        merged = [
            space_to_depth(image.unflatten(0, (h, w)), self.k).flatten(0, 1)
            for image, (h, w) in zip(
                self.norm(tokens).split(sizes), grid_hw.tolist(), strict=True
            )
        ]
        out: Tensor = self.linear_2(F.gelu(self.linear_1(torch.cat(merged))))
        return out

    # --8<-- [end:projector]
