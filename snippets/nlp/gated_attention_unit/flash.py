"""FLASH's layer: a GAU whose attention is mixed chunk attention.

Four pairs of gamma and beta make the queries and keys of both parts from one Z. All
four are turned by their position (RoPE), so that both parts know how far apart two
tokens are.

Axes: b batch, t token, d model width, e expanded width, s features of query and key.

References:
    Hua, Dai, Liu, Le, "Transformer Quality in Linear Time", ICML 2022,
    arXiv:2202.10447.
    Su et al., "RoFormer", 2021, arXiv:2104.09864 (the rotation).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import layer_arrays, wide
from .chunked import mixed_chunk_attention
from .unit import GAUParams


# --8<-- [start:flash]
def flash_forward(
    x: Tensor, params: GAUParams, chunk: int, causal: bool = False
) -> Tensor:
    """(U * O) W_o with O of mixed chunk attention; residual and norm are left out.

    Args:
        x: shape (b, t, d).
        params: as for ``gau_forward``, but gamma and beta have four rows: exact query,
            exact key, linear query, linear key. s is even, bias is None.
        chunk: tokens of a chunk; must divide t.
        causal: as in ``mixed_chunk_attention``.

    Returns:
        Shape (b, t, d), type of x.

    Raises:
        ValueError: if a shape or type does not fit, s is odd, a bias is given, or as
            ``mixed_chunk_attention`` does.
    """
    layer_arrays(x, params, sides=4)
    if params.bias is not None or params.w_z.shape[1] % 2:
        got = f"{params.w_z.shape[1]} features and {type(params.bias).__name__}"
        raise ValueError(f"s must be even and bias None, got {got}")
    w_u, w_v, w_z, gamma, beta, w_o = (a.to(wide(x)) for a in params[:6])
    y = x.to(wide(x))
    gate, value = F.silu(y @ w_u), F.silu(y @ w_v)  # (b, t, e)
    z = F.silu(y @ w_z)  # (b, t, s)
    four = [_rotate(z * gamma[i] + beta[i]) for i in range(4)]  # each (b, t, s)
    out = mixed_chunk_attention(*four, value, chunk, causal)
    return ((gate * out) @ w_o).to(x.dtype)
    # --8<-- [end:flash]


def _rotate(x: Tensor) -> Tensor:
    """Turn features (2g, 2g + 1) of token t by the angle t * 10000^(-2g / s)."""
    tokens, features = x.shape[-2:]
    pair = torch.arange(0, features, 2, dtype=torch.float64, device=x.device)
    at = torch.arange(tokens, dtype=torch.float64, device=x.device)
    angle = at[:, None] * 10000.0 ** (-pair / features)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    even, odd = x[..., ::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)
