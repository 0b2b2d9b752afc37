"""Where a patch stands: 2-D rotary embedding, and a table stretched to the grid.

Axes: t token, h head (in attention) or row of the grid, w column, d feature. Positions
are (row, column), in this order, counted from the image's own top left corner.

References:
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
    Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021,
    arXiv:2104.09864.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, grids, integer, positive, wide


# --8<-- [start:rope]
def rope_2d(x: Tensor, hw: Tensor, base: float = 10000.0) -> Tensor:
    """Turn pairs of features, by turns, by an angle from the column and from the row.

    Frequency g is base^(-4g / d). Of the pairs (x_0, x_1), (x_2, x_3), ..., pair 2g
    turns by column * frequency, pair 2g + 1 by row * frequency.

    Args:
        x: queries or keys, shape (t, h, d), d a positive multiple of 4.
        hw: row and column of each token, shape (t, 2).
        base: sets the slowest frequency; above 0 and finite.

    Returns:
        Shape (t, h, d), of the same norms.

    Raises:
        ValueError: if a shape does not fit, x has no floats, or base is out of range.
    """
    floating(x=x)
    base = positive("base", base)
    if x.ndim != 3 or x.shape[2] < 4 or x.shape[2] % 4:
        got = tuple(x.shape)
        raise ValueError(f"x must be (t, h, d), d a positive multiple of 4, got {got}")
    if hw.shape != (x.shape[0], 2):
        want = f"hw must have shape {(x.shape[0], 2)}"
        raise ValueError(f"{want}, got {tuple(hw.shape)}")
    exponent = torch.arange(0, x.shape[2], 4, device=x.device, dtype=torch.float64)
    frequency = base ** (-exponent / x.shape[2])  # (d / 4,)
    row, column = hw.to(x.device, torch.float64).unbind(1)
    angle = torch.stack([column, row], -1)[:, None, :] * frequency[:, None]
    return rotate(x, angle.flatten(1))
    # --8<-- [end:rope]


# --8<-- [start:rotate]
def rotate(x: Tensor, angle: Tensor) -> Tensor:
    """Turn neighbouring features (x_0, x_1), (x_2, x_3), ... of each token and head.

    Args:
        x: shape (t, h, d), d even.
        angle: in radians, shape (t, d / 2); float64, as large ones need the digits.

    Returns:
        Shape (t, h, d).

    Raises:
        ValueError: if the shapes do not fit.
    """
    floating(x=x)
    if x.ndim != 3 or angle.shape != (x.shape[0], x.shape[2] / 2):
        want = "x must be (t, h, d) with d even and angle (t, d / 2)"
        raise ValueError(f"{want}, got {tuple(x.shape)} and {tuple(angle.shape)}")
    angle = angle.double()[:, None]
    cos, sin = angle.cos().to(wide(x)), angle.sin().to(wide(x))
    even, odd = x.to(wide(x)).unflatten(2, (-1, 2)).unbind(-1)
    turned = torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1)
    return turned.flatten(2).to(x.dtype)
    # --8<-- [end:rotate]


def grid_positions(grid_hw: Tensor) -> Tensor:
    """Row and column of each token of packed grids; each image counts from (0, 0).

    Args:
        grid_hw: rows and columns of each grid, integer, shape (images, 2).

    Returns:
        Integer, shape (t, 2).

    Raises:
        ValueError: if there is no grid, grid_hw is not (images, 2) of integers, or a
            grid is empty.
    """
    grids(grid_hw)
    device = grid_hw.device
    found = [
        torch.cartesian_prod(
            torch.arange(h, device=device), torch.arange(w, device=device)
        )
        for h, w in grid_hw.tolist()
    ]
    return torch.cat(found)


# --8<-- [start:table]
def resize_table(table: Tensor, h: int, w: int) -> Tensor:
    """A learned table of position vectors, stretched to a grid, bicubically.

    Args:
        table: shape (rows, columns, d).
        h, w: size of the grid, >= 1.

    Returns:
        Shape (h * w, d), row by row. A grid of the table's own size gets the table.

    Raises:
        ValueError: if the table has no three axes, one is empty, or h or w is no
            integer >= 1.
    """
    floating(table=table)
    h, w = integer("h", h, 1), integer("w", w, 1)
    if table.ndim != 3 or 0 in table.shape:
        got = tuple(table.shape)
        raise ValueError(f"table must be (rows, columns, d), none empty, got {got}")
    if table.shape[:2] == (h, w):
        return table.flatten(0, 1)
    image = table.to(wide(table)).permute(2, 0, 1)[None]  # (1, d, rows, columns)
    stretched = F.interpolate(image, (h, w), mode="bicubic")[0].flatten(1).T
    return stretched.to(table.dtype)
    # --8<-- [end:table]
