"""The unit itself: one head whose result is gated before the output projection.

Axes: b batch, t token (i query, j key), d model width, e expanded width, s features
of the shared representation Z and so of query and key. 16-bit inputs are computed in
float32 and rounded once, at the end.

Reference:
    Hua, Dai, Liu, Le, "Transformer Quality in Linear Time", ICML 2022,
    arXiv:2202.10447.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ._checks import integer, layer_arrays, wide
from .weights import attention_weights, check_norm


class GAUParams(NamedTuple):
    """The arrays of one GAU; its three inner projections have no bias."""

    w_u: Tensor  # (d, e), gate
    w_v: Tensor  # (d, e), value
    w_z: Tensor  # (d, s), what query and key share
    gamma: Tensor  # (2, s), scales of Z: row 0 for the query, row 1 for the key
    beta: Tensor  # (2, s), offsets of Z, in the same order
    w_o: Tensor  # (e, d), output
    bias: Tensor | None = None  # (t, t), added to the scores; position enters here


# --8<-- [start:forward]
def gau_forward(
    x: Tensor,
    params: GAUParams,
    causal: bool = False,
    norm: str = "n",
    base_length: int | None = None,
) -> Tensor:
    """(U * P V) W_o, without the residual connection and the layer's normalization.

    Args:
        x: shape (b, t, d).
        params: the arrays of the layer.
        causal, norm, base_length: as in ``attention_weights``.

    Returns:
        Shape (b, t, d), type of x.

    Raises:
        ValueError: if a shape or type does not fit, or as ``attention_weights`` does.
    """
    layer_arrays(x, params, sides=2)
    w_u, w_v, w_z, gamma, beta, w_o, bias = (
        None if a is None else a.to(wide(x)) for a in params
    )
    y = x.to(wide(x))
    gate, value = F.silu(y @ w_u), F.silu(y @ w_v)  # (b, t, e)
    z = F.silu(y @ w_z)  # (b, t, s)
    query, key = (z * gamma[side] + beta[side] for side in (0, 1))
    bias = 0.0 if bias is None else bias
    weights = attention_weights(query, key, causal, norm, bias, base_length)
    return ((gate * (weights @ value)) @ w_o).to(x.dtype)
    # --8<-- [end:forward]


class GAU(nn.Module):
    """``gau_forward`` with parameters to train, and a bias for each distance i - j.

    Args:
        d: model width.
        e: expanded width; None means 2 d.
        s: features of query and key.
        max_length: most tokens; None leaves the position bias out.
        causal, norm, base_length: as in ``attention_weights``.
        generator: source of the initial weights; None means torch's own.

    Raises:
        ValueError: if a size is no integer >= 1, norm is unknown, or base_length is no
            integer >= 2 or given with another norm than "softmax"; when called, if x
            does not fit or has more than max_length tokens.
    """

    def __init__(
        self,
        d: int,
        e: int | None = None,
        s: int = 128,
        max_length: int | None = None,
        causal: bool = False,
        norm: str = "n",
        base_length: int | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        d, s = integer("d", d, 1), integer("s", s, 1)
        e = 2 * d if e is None else integer("e", e, 1)
        if max_length is not None:
            max_length = integer("max_length", max_length, 1)
        base_length = check_norm(norm, base_length)

        def normal(*shape: int, std: float) -> nn.Parameter:
            return nn.Parameter(std * torch.randn(shape, generator=generator))

        self.w_u, self.w_v = (normal(d, e, std=d**-0.5) for _ in range(2))
        self.w_z, self.w_o = normal(d, s, std=d**-0.5), normal(e, d, std=e**-0.5)
        self.gamma = nn.Parameter(1 + 0.02 * torch.randn(2, s, generator=generator))
        self.beta = nn.Parameter(torch.zeros(2, s))
        self.max_length = max_length
        # Not zeros: where the scores are 0 too, relu^2 has slope 0, and nothing moves.
        offsets = 0 if max_length is None else 2 * max_length - 1
        self.offset_bias = nn.Parameter(torch.full((offsets,), 0.1))
        self.causal, self.norm, self.base_length = causal, norm, base_length

    def forward(self, x: Tensor) -> Tensor:
        """x of shape (b, t, d) to the same shape."""
        arrays = (self.w_u, self.w_v, self.w_z, self.gamma, self.beta, self.w_o)
        params = GAUParams(*arrays)
        layer_arrays(x, params, sides=2)
        if self.max_length is not None:
            tokens = x.shape[-2]
            if tokens > self.max_length:
                raise ValueError(f"at most {self.max_length} tokens, got {tokens}")
            at = torch.arange(tokens, device=x.device)
            distance = at[:, None] - at + self.max_length - 1
            params = params._replace(bias=self.offset_bias[distance])
        return gau_forward(x, params, self.causal, self.norm, self.base_length)


def gau_params(d: int, e: int, s: int) -> int:
    """Weights of the four projections: 3 d e + d s. Gamma and beta add 4 s to that.

    Raises:
        ValueError: if a size is no integer >= 1.
    """
    d, e, s = integer("d", d, 1), integer("e", e, 1), integer("s", s, 1)
    return 3 * d * e + d * s
