"""Images of different sizes share one sequence: cut each into patches, lay all patches
end to end, remember where each image starts, and let attention stay within an image.

Axes: c colour channel, h and w row and column of the patch grid, t token of the packed
sequence, d feature. In attention the layout is that of variable-length kernels,
(t, h, d) with h the head: token first, no batch axis; 16-bit inputs are computed in
float32 and rounded at the end.

References:
    Dehghani et al., "Patch n' Pack: NaViT, a Vision Transformer for any Aspect Ratio
    and Resolution", 2023, arXiv:2307.06304.
    Kimi Team, "Kimi-VL Technical Report", 2025, arXiv:2504.07491.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, integer, wide


# --8<-- [start:patchify]
def patchify(img: Tensor, p: int, k: int = 1) -> Tensor:
    """Cut an image into squares of p by p pixels.

    Args:
        img: pixels, shape (c, H, W).
        p: side of a patch in pixels, >= 1.
        k: side of the square of patches that is merged later, >= 1.

    Returns:
        Shape (H / p, W / p, c * p * p): one row of numbers for each patch, channel by
        channel, each channel row by row, as the weight of a convolution is laid out.

    Raises:
        ValueError: if img is not (c, H, W), or H or W is not a positive multiple of
            p * k. Nothing is cropped or padded here.
    """
    p, k = integer("p", p, 1), integer("k", k, 1)
    if img.ndim != 3:
        raise ValueError(f"img must have shape (c, H, W), got {tuple(img.shape)}")
    c, height, width = img.shape
    if min(c, height, width) < 1 or height % (p * k) or width % (p * k):
        want = f"H and W must be positive multiples of p * k = {p * k}"
        raise ValueError(f"{want}, got {tuple(img.shape)}")
    squares = img.reshape(c, height // p, p, width // p, p)
    return squares.permute(1, 3, 0, 2, 4).flatten(2)
    # --8<-- [end:patchify]


class Packed(NamedTuple):
    """Several grids of tokens as one sequence."""

    tokens: Tensor  # (t, d)
    cu_seqlens: Tensor  # int32, (images + 1,): where each image starts, and the end
    grid_hw: Tensor  # int64, (images, 2): rows and columns of each grid


# --8<-- [start:pack]
def pack(grids: Sequence[Tensor]) -> Packed:
    """Lay grids of tokens end to end, each row by row.

    Args:
        grids: at least one; each of shape (h, w, d), h and w >= 1, d the same in all.

    Returns:
        The tokens, the cumulative lengths, and the size of each grid.

    Raises:
        ValueError: if there is no grid, or one is empty or does not fit the first.
    """
    grids = list(grids)
    if not grids:
        raise ValueError("pack needs at least one grid, got none")
    first = grids[0]
    for grid in grids:
        if grid.ndim != 3 or min(grid.shape) < 1 or grid.shape[2] != first.shape[-1]:
            want = "grids must be (h, w, d), not empty, with one d"
            raise ValueError(f"{want}, got {[tuple(g.shape) for g in grids]}")
        if grid.dtype != first.dtype:
            got = f"{first.dtype} and {grid.dtype}"
            raise ValueError(f"grids must share one type, got {got}")
    ends = accumulate((g.shape[0] * g.shape[1] for g in grids), initial=0)
    return Packed(
        tokens=torch.cat([grid.flatten(0, 1) for grid in grids]),
        cu_seqlens=torch.tensor(list(ends), dtype=torch.int32, device=first.device),
        grid_hw=torch.tensor([g.shape[:2] for g in grids], device=first.device),
    )
    # --8<-- [end:pack]


# --8<-- [start:varlen]
def varlen_attention(
    q: Tensor, k: Tensor, v: Tensor, cu: Tensor, causal: bool = False
) -> Tensor:
    """Attention within each segment of a packed sequence, none across.

    One call per segment, so that a segment of length l costs l^2 scores. Kernels do
    the same in one launch.

    Args:
        q, k, v: shape (t, h, d), the same for all.
        cu: cumulative lengths of the segments, integer, shape (segments + 1,):
            0 first, t last, strictly increasing.
        causal: a token reads only itself and what stands before it in its segment.

    Returns:
        Shape (t, h, d).

    Raises:
        ValueError: if shapes differ, or cu does not cut t tokens into segments.
    """
    floating(q=q, k=k, v=v)
    if q.ndim != 3 or not q.shape == k.shape == v.shape or 0 in q.shape[1:]:
        shapes = [tuple(x.shape) for x in (q, k, v)]
        raise ValueError(f"q, k, v must share one shape (t, h, d), got {shapes}")
    bounds = _segment_bounds(cu, q.shape[0])
    outputs = []
    for start, end in pairwise(bounds):
        part = (x[start:end].to(wide(x)) for x in (q, k, v))
        heads = (x.transpose(0, 1)[None] for x in part)  # (1, h, l, d)
        out = F.scaled_dot_product_attention(*heads, is_causal=causal)
        outputs.append(out[0].transpose(0, 1).to(q.dtype))
    return torch.cat(outputs)
    # --8<-- [end:varlen]


# --8<-- [start:mask]
def block_mask(cu: Tensor) -> Tensor:
    """True where two tokens of a packed sequence belong to the same segment.

    Args:
        cu: as in ``varlen_attention``, t >= 1.

    Returns:
        Boolean, shape (t, t): one square block of True for each segment.

    Raises:
        ValueError: if cu does not cut its last number of tokens into segments.
    """
    bounds = _segment_bounds(cu, None)
    lengths = torch.tensor(bounds).diff()
    segment = torch.arange(len(lengths)).repeat_interleave(lengths)
    return (segment[:, None] == segment).to(cu.device)
    # --8<-- [end:mask]


def _segment_bounds(cu: Tensor, t: int | None) -> list[int]:
    """The cumulative lengths as a list, once they are known to cut t tokens.

    None for t means as many as the last of them says.

    Raises:
        ValueError: if cu is not an integer vector from 0 to t, strictly increasing.
    """
    if cu.ndim != 1 or cu.dtype not in (torch.int32, torch.int64):
        got = f"{cu.dtype} of shape {tuple(cu.shape)}"
        raise ValueError(f"cu must be a vector of int32 or int64, got {got}")
    bounds: list[int] = cu.tolist()
    t = (bounds or [0])[-1] if t is None else t
    rising = all(a < b for a, b in pairwise(bounds))
    if len(bounds) < 2 or bounds[0] != 0 or bounds[-1] != t or not rising:
        raise ValueError(f"cu must rise strictly from 0 to t = {t}, got {bounds}")
    return bounds
