"""Softmax statistics that can be mended: one pass over the scores, in any blocks.

A softmax needs the largest score m and l, the sum of exp(s - m). When a larger score
turns up, what was summed is off by one factor, exp(old m - new m), the same for every
term, so it can be put right afterwards. A weighted sum of values can, too.

References:
    Milakov, Gimelshein, "Online normalizer calculation for softmax", 2018,
    arXiv:1805.02867, Algorithm 3 and equation (4).
    Rabe, Staats, "Self-attention Does Not Need O(n^2) Memory", 2021, arXiv:2112.05682.
"""

import math

import torch
from torch import Tensor

from ._checks import _integer

Stats = tuple[Tensor, Tensor, Tensor]  # m (...), l (...), sum of e^(s - m) v (..., d)


# --8<-- [start:online]
def online_softmax(x: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """Maximum and sum of exp(x - maximum) of x, shape (n,), read once in blocks.

    Returns:
        m and l, shape (), in float32 at least: softmax(x) is exp(x - m) / l, and
        logsumexp(x) is m + log(l).

    Raises:
        ValueError: if x is not a float vector with n >= 1, or block is below 1.
    """
    if x.ndim != 1 or len(x) == 0 or not x.is_floating_point():
        raise ValueError(
            f"need floats of shape (n,), n >= 1, got {x.dtype} {[*x.shape]}"
        )
    block = _integer("block", block, 1)
    x = x.to(torch.promote_types(x.dtype, torch.float32))  # 16 bits cannot count to 300
    m, total = x.new_tensor(-math.inf), x.new_tensor(0.0)
    for part in x.split(block):
        m_new = torch.maximum(m, part.max())
        shift = _finite_or_zero(m_new)
        total = torch.exp(m - shift) * total + torch.exp(part - shift).sum()
        m = m_new
    return m, total


def _finite_or_zero(m: Tensor) -> Tensor:
    """m with -inf replaced by 0: what to subtract before exp.

    Nothing seen yet leaves m = -inf, and (-inf) - (-inf) is NaN. Any finite shift
    will do there, since exp(-inf - 0) is 0, as it should be.
    """
    return m.masked_fill(m == -math.inf, 0.0)
    # --8<-- [end:online]


# --8<-- [start:merge]
def merge_stats(first: Stats, second: Stats) -> Stats:
    """Statistics of the union of two disjoint sets of keys.

    Args:
        first, second: ``(m, l, o)``; m and l as in ``online_softmax``, shape (...), and
            o = sum over the keys of exp(s - m) v, not divided by l, shape (..., d).

    Returns:
        The same three, in float32 at least.

    Raises:
        ValueError: if the shapes of the two disagree, or a type is not floating.
    """
    (m1, l1, o1), (m2, l2, o2) = first, second
    shapes = [tuple(x.shape) for x in (m1, l1, o1, m2, l2, o2)]
    if shapes[:3] != shapes[3:] or not shapes[0] == shapes[1] == shapes[2][:-1]:
        raise ValueError(f"need m (...), l (...), o (..., d) twice, got {shapes}")
    types = {x.dtype for x in (m1, l1, o1, m2, l2, o2)}
    if len(types) > 1 or not m1.is_floating_point():
        raise ValueError(f"need statistics of one float type, got {types}")
    wide = torch.promote_types(m1.dtype, torch.float32)
    m1, l1, o1, m2, l2, o2 = (x.to(wide) for x in (m1, l1, o1, m2, l2, o2))
    m = torch.maximum(m1, m2)
    w1, w2 = torch.exp(m1 - _finite_or_zero(m)), torch.exp(m2 - _finite_or_zero(m))
    return m, w1 * l1 + w2 * l2, w1[..., None] * o1 + w2[..., None] * o2
    # --8<-- [end:merge]
