"""How four patches become one token: space-to-depth, and the projector.

Axes: t token, h row of the grid, w column, d feature.

Reference:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import grids, integer


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
        ValueError: if x is not (h, w, d) or empty, h or w is not a multiple of k, or k
            is no integer >= 1.
    """
    k = integer("k", k, 1)
    if x.ndim != 3 or x.shape[0] % k or x.shape[1] % k or 0 in x.shape:
        want = "x must be (h, w, d), none empty, h and w multiples of k"
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

    Raises:
        ValueError: if a number is no integer >= 1.
    """

    def __init__(
        self, vision_width: int = 1152, text_width: int = 2048, k: int = 2
    ) -> None:
        super().__init__()
        k = self.k = integer("k", k, 1)
        vision_width = integer("vision_width", vision_width, 1)
        text_width = integer("text_width", text_width, 1)
        merged = k * k * vision_width
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
            ValueError: if the grids do not hold t tokens of that width, or k does not
                divide one.
        """
        grids(grid_hw)
        sizes, width = grid_hw.prod(-1).tolist(), self.norm.normalized_shape[0]
        if tokens.shape != (sum(sizes), width):
            got = f"{grid_hw.tolist()} for tokens {tuple(tokens.shape)}"
            raise ValueError(f"grid_hw must hold all tokens of {width}, got {got}")
        merged = [
            space_to_depth(image.unflatten(0, (h, w)), self.k).flatten(0, 1)
            for image, (h, w) in zip(
                self.norm(tokens).split(sizes), grid_hw.tolist(), strict=True
            )
        ]
        out: Tensor = self.linear_2(F.gelu(self.linear_1(torch.cat(merged))))
        return out

    # --8<-- [end:projector]
