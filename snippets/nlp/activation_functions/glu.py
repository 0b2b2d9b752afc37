"""Gated linear units: a layer of three matrices, not a function of one number.

One projection of the input, passed through an activation, multiplies another. The
gate is the first one here, as in LLaMA; ``torch.nn.functional.glu`` gates with the
second half of its input, and with a sigmoid.

References:
    Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2016,
        arXiv:1612.08083.
    Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import _integer, _positive


# --8<-- [start:ffn]
def glu_ffn(
    x: Tensor, W: Tensor, V: Tensor, W2: Tensor, gate: Callable[[Tensor], Tensor]
) -> Tensor:
    """(gate(x W) * x V) W2: SwiGLU if gate is silu, GEGLU if gelu, ReGLU if relu.

    Args:
        x: shape (..., d).
        W: projection to the gate, shape (d, hidden).
        V: projection to what is gated, shape (d, hidden).
        W2: projection back, shape (hidden, d).
        gate: activation, applied elementwise.

    Returns:
        Shape (..., d).

    Raises:
        ValueError: if the shapes do not fit, or the types differ or are not floats.
    """
    fits = W.ndim == 2 and W.shape == V.shape and W2.shape == W.shape[::-1]
    if not fits or x.ndim == 0 or x.shape[-1] != W.shape[0]:
        shapes = ", ".join(str(tuple(t.shape)) for t in (x, W, V, W2))
        raise ValueError(
            "need x (..., d), W (d, hidden), V (d, hidden), W2 (hidden, d), "
            f"got {shapes}"
        )
    if not x.is_floating_point() or any(t.dtype != x.dtype for t in (W, V, W2)):
        types = ", ".join(str(t.dtype) for t in (x, W, V, W2))
        raise ValueError(f"need one float type, got {types}")
    # The hidden numbers of a 16-bit layer can pass 65,504 where the result does not.
    kind, wide = x.dtype, torch.promote_types(x.dtype, torch.float32)
    x, W, V, W2 = (t.to(wide) for t in (x, W, V, W2))
    return ((gate(x @ W) * (x @ V)) @ W2).to(kind)
    # --8<-- [end:ffn]


# --8<-- [start:hidden]
def glu_hidden_dim(d: int, multiple_of: int, ffn_mult: float = 1.0) -> int:
    """Hidden width by LLaMA's rule: ffn_mult * 8d/3, rounded up to a multiple.

    Args:
        d: model width, >= 1.
        multiple_of: what the result must be a multiple of, >= 1.
        ffn_mult: factor, > 0, of what has about the parameters of 2 * d * 4d.

    Returns:
        A positive multiple of ``multiple_of``.

    Raises:
        ValueError: if a number is out of its range or not an integer where it must be.
    """
    d, multiple_of = _integer("d", d, 1), _integer("multiple_of", multiple_of, 1)
    ffn_mult = _positive("ffn_mult", ffn_mult)
    # Both roundings down belong to the rule: 8d/3 first, then its multiple.
    hidden = ffn_mult * (8 * d // 3)
    if not math.isfinite(hidden):
        raise ValueError(f"ffn_mult * 8d/3 must be finite, got {hidden}")
    return multiple_of * max(1, -(-int(hidden) // multiple_of))
    # --8<-- [end:hidden]
