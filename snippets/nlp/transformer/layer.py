"""A Transformer layer: attention, then the same small network for each token.

Axes: b batch, t token, d feature, f hidden feature of the feed-forward network.

References:
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.
    Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020,
    arXiv:2002.04745 (``norm_first``).
"""

from typing import NamedTuple

from torch import Tensor

from ._checks import _check_float, _integer, _wide
from .attention import multi_head_attention


class EncoderParams(NamedTuple):
    """The twelve tensors of an encoder layer, and its number of heads."""

    w_qkv: Tensor  # (3d, d)
    b_qkv: Tensor  # (3d,)
    w_o: Tensor  # (d, d)
    b_o: Tensor  # (d,)
    w_1: Tensor  # (f, d)
    b_1: Tensor  # (f,)
    w_2: Tensor  # (d, f)
    b_2: Tensor  # (d,)
    gain_1: Tensor  # (d,), normalization at the attention
    shift_1: Tensor  # (d,)
    gain_2: Tensor  # (d,), normalization at the feed-forward network
    shift_2: Tensor  # (d,)
    n_heads: int


# --8<-- [start:layer]
def encoder_layer(
    x: Tensor,
    params: EncoderParams,
    norm_first: bool,
    mask: Tensor | None = None,
    causal: bool = False,
) -> Tensor:
    """Attention and a feed-forward network, each added to the stream and normalized.

    Args:
        x: shape (b, t, d).
        params: weights of the layer.
        norm_first: False is post-LN, norm(x + f(x)), as in the paper; True is pre-LN,
            x + f(norm(x)): the stream itself is never normalized.
        mask, causal: as in ``multi_head_attention``.

    Returns:
        Shape (b, t, d).

    Raises:
        ValueError: if a shape or type does not fit, or as ``multi_head_attention``.
    """
    _check_params(x, params)
    kind, (x, *weights) = x.dtype, _wide(x, *params[:-1])
    p = EncoderParams(*weights, params.n_heads)

    def attend(y: Tensor) -> Tensor:
        attention = (p.w_qkv, p.b_qkv, p.w_o, p.b_o)
        return multi_head_attention(y, *attention, p.n_heads, mask, causal)

    def feed_forward(y: Tensor) -> Tensor:  # for each token alone
        return (y @ p.w_1.T + p.b_1).relu() @ p.w_2.T + p.b_2

    if norm_first:
        x = x + attend(_norm(x, p.gain_1, p.shift_1))
        return (x + feed_forward(_norm(x, p.gain_2, p.shift_2))).to(kind)
    x = _norm(x + attend(x), p.gain_1, p.shift_1)
    return _norm(x + feed_forward(x), p.gain_2, p.shift_2).to(kind)
    # --8<-- [end:layer]


# --8<-- [start:count]
def layer_parameters(d: int, hidden: int, cross: bool = False) -> int:
    """Parameters of an encoder layer, or with ``cross`` of a decoder layer.

    Args:
        d: model width.
        hidden: width inside the feed-forward network.
        cross: add a second attention, which reads the encoder, and its normalization.

    Raises:
        ValueError: if a width is not an integer >= 1.
    """
    d, hidden = _integer("d", d, 1), _integer("hidden", hidden, 1)
    attention = 4 * d * d + 4 * d  # whatever the number of heads
    feed_forward = 2 * d * hidden + hidden + d
    norm = 2 * d
    return (1 + cross) * (attention + norm) + feed_forward + norm
    # --8<-- [end:count]


def _norm(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """Layer normalization over the features of each token, epsilon 1e-5."""
    x = x - x.mean(-1, keepdim=True)
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain + shift


def _check_params(x: Tensor, p: EncoderParams) -> None:
    """Check all shapes and types before they are made wide."""
    _check_float("x", x, (None, None, None))
    d = x.shape[2]
    _check_float("w_qkv", p.w_qkv, (3 * d, d), x.dtype)
    _check_float("b_qkv", p.b_qkv, (3 * d,), x.dtype)
    _check_float("w_o", p.w_o, (d, d), x.dtype)
    _check_float("b_o", p.b_o, (d,), x.dtype)
    _check_float("w_1", p.w_1, (None, d), x.dtype)
    _check_float("b_1", p.b_1, (p.w_1.shape[0],), x.dtype)
    _check_float("w_2", p.w_2, (d, p.w_1.shape[0]), x.dtype)
    for name in ("b_2", "gain_1", "shift_1", "gain_2", "shift_2"):
        _check_float(name, getattr(p, name), (d,), x.dtype)
