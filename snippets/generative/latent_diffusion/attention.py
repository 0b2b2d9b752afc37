"""Cross-attention: each latent position reads the tokens of the text.

Axes: B batch, H heads, N latent positions (queries), M text tokens (keys), d features.

Reference:
    Rombach, Blattmann, Lorenz, Esser, Ommer, "High-Resolution Image Synthesis with
    Latent Diffusion Models", CVPR 2022, arXiv:2112.10752.
"""

import torch
from torch import Tensor, nn

from ._checks import _integer


# --8<-- [start:attention]
def cross_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Every latent position takes a weighted mean of what the text tokens say.

    Args:
        q: queries from the latent, shape (B, H, N, d).
        k: keys from the text, shape (B, H, M, d), M >= 1.
        v: values from the text, shape (B, H, M, e).

    Returns:
        Shape (B, H, N, e): rows of softmax(q k^T / sqrt(d)) times v.

    Raises:
        ValueError: if the shapes do not fit, or M or d is 0.
    """
    shapes = f"{tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}"
    if not q.ndim == k.ndim == v.ndim == 4:
        raise ValueError(f"q, k, v must have 4 axes, got {shapes}")
    fits = q.shape[:2] == k.shape[:2] == v.shape[:2] and q.shape[3] == k.shape[3]
    if not fits or k.shape[2] != v.shape[2] or 0 in k.shape[2:]:
        raise ValueError(f"want (B, H, N, d), (B, H, M, d), (B, H, M, e), got {shapes}")
    scores = torch.einsum("bhnd,bhmd->bhnm", q * q.shape[3] ** -0.5, k)
    return torch.einsum("bhnm,bhme->bhne", scores.softmax(-1), v)


class CrossAttention(nn.Module):
    """Multi-head attention whose queries and keys come from different places.

    Args:
        dim: features of a latent position, a multiple of heads.
        context_dim: features of a text token (768 in Stable Diffusion 1).
        heads: number of heads.

    Raises:
        ValueError: if heads is below 1 or does not divide dim.
    """

    def __init__(self, dim: int, context_dim: int, heads: int) -> None:
        super().__init__()
        context_dim = _integer("context_dim", context_dim)
        if not _divides(heads, dim):
            raise ValueError(
                f"dim must be a multiple of heads >= 1, got {dim!r}, {heads!r}"
            )
        self.heads, dim = int(heads), int(dim)
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(context_dim, dim, bias=False)
        self.to_v = nn.Linear(context_dim, dim, bias=False)
        self.to_out = nn.Linear(dim, dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """x (B, N, dim) reads context (B, M, context_dim); returns (B, N, dim)."""
        _check_rows(x, context, self.to_q.in_features, self.to_k.in_features)
        q = self._split(self.to_q(x))
        k, v = self._split(self.to_k(context)), self._split(self.to_v(context))
        out: Tensor = self.to_out(cross_attention(q, k, v).transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)  # (B, H, N, d)
        # --8<-- [end:attention]


def _divides(heads: int, dim: int) -> bool:
    try:
        return _integer("dim", dim) % _integer("heads", heads) == 0
    except ValueError:
        return False


def _check_rows(x: Tensor, context: Tensor, dim: int, context_dim: int) -> None:
    fits = x.ndim == context.ndim == 3 and len(x) == len(context)
    if not fits or (x.shape[2], context.shape[2]) != (dim, context_dim):
        want = f"(B, N, {dim}), (B, M, {context_dim})"
        came = f"{tuple(x.shape)}, {tuple(context.shape)}"
        raise ValueError(f"x, context must be {want}, got {came}")
