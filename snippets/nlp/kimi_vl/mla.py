"""Multi-head latent attention (MLA): one short vector per token is all that is cached.

Keys and values of all heads are linear maps of that vector, so its map to the keys can
be moved to the query, and the keys need never be made.

Axes: t token of the query, s token of the key, h head, d feature of the stream, c of
the latent vector, n of a key without rotation, r of a key with it, v of a value.

Reference:
    DeepSeek-AI, "DeepSeek-V2", 2024, arXiv:2405.04434 (MLA).
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import floating, positive, wide
from .positions import rotate


class MLAParams(NamedTuple):
    """The matrices of one layer, without the compression of queries (Moonlight's)."""

    query: Tensor  # (h, n + r, d)
    down: Tensor  # (c + r, d): the latent vector, and the rotary key of all heads
    key: Tensor  # (h, n, c)
    value: Tensor  # (h, v, c)
    out: Tensor  # (d, h, v)


# --8<-- [start:mla]
def mla_attention(
    x: Tensor, params: MLAParams, absorb: bool = False, base: float = 50_000.0
) -> Tensor:
    """Causal attention whose keys and values come from a latent vector of each token.

    Args:
        x: one sequence, shape (t, d).
        params: the matrices; r is even.
        absorb: move the map from latent vector to key into the query, and that to the
            value behind the weighted sum: same result, no keys and values made.
        base: of the rotation.

    Returns:
        Shape (t, d).

    Raises:
        ValueError: if shapes or types do not fit, or base is out of range.
    """
    r = _check(x, params)
    query, down, key, value, out = (w.to(wide(x)) for w in params)
    y = x.to(wide(x))
    latent, turning = (y @ down.T).split([key.shape[2], r], dim=-1)
    latent = F.rms_norm(latent, latent.shape[-1:])  # cached, with `turning`
    pair = torch.arange(0, r, 2, dtype=torch.float64, device=x.device)
    at = torch.arange(len(x), dtype=torch.float64, device=x.device)
    angle = at[:, None] * positive("base", base) ** (-pair / r)
    q_n, q_r = torch.einsum("td,hed->the", y, query).split([key.shape[1], r], dim=-1)
    q_r, k_r = rotate(q_r, angle), rotate(turning[:, None], angle)[:, 0]
    if absorb:
        q_c = torch.einsum("thn,hnc->thc", q_n, key)
        scores = torch.einsum("thc,sc->hts", q_c, latent)
    else:
        k_n = torch.einsum("sc,hnc->shn", latent, key)
        scores = torch.einsum("thn,shn->hts", q_n, k_n)
    scores = scores + torch.einsum("thr,sr->hts", q_r, k_r)
    future = torch.ones(scores.shape[1:], dtype=torch.bool, device=x.device).triu(1)
    scores = scores / math.sqrt(query.shape[1])
    weights = scores.masked_fill(future, -torch.inf).softmax(-1)
    if absorb:
        mixed = torch.einsum("hts,sc->thc", weights, latent)
        mixed = torch.einsum("thc,hvc->thv", mixed, value)
    else:
        mixed = torch.einsum(
            "hts,shv->thv", weights, torch.einsum("sc,hvc->shv", latent, value)
        )
    return torch.einsum("thv,dhv->td", mixed, out).to(x.dtype)
    # --8<-- [end:mla]


def _check(x: Tensor, params: MLAParams) -> int:
    """How many features are turned, once the shapes fit."""
    floating(x=x, **params._asdict())
    if x.ndim != 2 or 0 in x.shape or any(w.ndim < 2 for w in params):
        raise ValueError(f"x must be (t, d), none empty, got {tuple(x.shape)}")
    got = [tuple(w.shape) for w in params]
    d = x.shape[1]
    h, n, c = params.key.shape if params.key.ndim == 3 else (0, 0, 0)
    v, r = params.value.shape[1], params.down.shape[0] - c
    want = [(h, n + r, d), (c + r, d), (h, n, c), (h, v, c), (d, h, v)]
    if got != want or r < 2 or r % 2 or min(h, n, c, v) < 1:
        need = "(h, n + r, d), (c + r, d), (h, n, c), (h, v, c), (d, h, v), r even"
        raise ValueError(f"params must be {need} for d = {d}, got {got}")
    return r
