"""Random features whose products have the mean e^{q . k}, and the directions they use.

No map here divides by the root of d. The m of W counts its rows, the random directions.

Axes, in shapes: t token, d feature of a head, m random direction; ``...`` batch and
head.

References:
    Choromanski et al., "Rethinking Attention with Performers", ICLR 2021,
    arXiv:2009.14794.
    Yu et al., "Orthogonal Random Features", NeurIPS 2016, arXiv:1610.09072.
"""

from typing import Literal

import torch
from torch import Tensor

from ._checks import _integer


# --8<-- [start:orthogonal]
def gaussian_orthogonal(
    m: int,
    d: int,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Rows that are each N(0, I), and orthogonal to each other in blocks of d.

    Args:
        m: rows, >= 1. Past a multiple of d a new, independent block begins.
        d: features, >= 1.
        generator: its device is the device of the result.
        dtype: of the result. The draw itself is in float64, the same for every dtype.

    Returns:
        Shape (m, d).

    Raises:
        ValueError: if m or d is not an integer >= 1.
    """
    m, d = _integer("m", m, 1), _integer("d", d, 1)

    def normal(*shape: int) -> Tensor:
        device = generator.device
        return torch.randn(
            shape, generator=generator, dtype=torch.float64, device=device
        )

    q, r = torch.linalg.qr(normal(-(-m // d), d, d))
    # QR picks the signs of its columns by a rule, and a rule is not random: undo it.
    q = q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
    directions = q.mT.reshape(-1, d)[:m]
    # A Gaussian vector's length is independent of its direction: draw it anew.
    lengths = normal(m, d).norm(dim=-1, keepdim=True)
    return (lengths * directions).to(dtype)
    # --8<-- [end:orthogonal]


# --8<-- [start:positive]
def positive_features(
    x: Tensor, W: Tensor, stabilize: Literal["query", "key"] | None = None
) -> Tensor:
    """exp(W x - |x|^2 / 2) / sqrt(m), whose products have the mean e^{q . k}.

    Args:
        x: queries or keys, shape (..., t, d); without ``stabilize="key"`` also (d,).
        W: random directions, shape (m, d), dtype and device of x.
        stabilize: what to divide by, so that the largest feature is 1 / sqrt(m):
            nothing; for each query its largest feature; for all keys of a head the
            largest of all. Attention weights stay, unless features underflow.

    Returns:
        Shape (..., t, m), or (m,) for x of shape (d,).

    Raises:
        ValueError: if shapes or dtypes disagree, an axis is empty, a number is not
            finite, or ``stabilize`` is unknown.
    """
    _check_features(x, W)
    kind, (x, W) = x.dtype, _wide(x, W)
    if stabilize not in (None, "query", "key"):
        raise ValueError(f"stabilize must be None, query, or key, got {stabilize!r}")
    if stabilize == "key" and x.ndim < 2:
        raise ValueError(f"keys need a token axis, got x {tuple(x.shape)}")
    exponent = x @ W.mT - x.square().sum(-1, keepdim=True) / 2
    if stabilize == "query":
        exponent = exponent - exponent.amax(-1, keepdim=True)
    elif stabilize == "key":
        # One constant for all tokens: a constant per key would reweigh the keys.
        exponent = exponent - exponent.amax((-2, -1), keepdim=True)
    return (exponent.exp() / W.shape[0] ** 0.5).to(kind)
    # --8<-- [end:positive]


# --8<-- [start:others]
def trig_features(x: Tensor, W: Tensor) -> Tensor:
    """exp(|x|^2 / 2) [cos W x, sin W x] / sqrt(m): (..., d) and (m, d) to (..., 2 m).

    Raises:
        ValueError: as ``positive_features``.
    """
    _check_features(x, W)
    kind, (x, W) = x.dtype, _wide(x, W)
    angle = x @ W.mT
    growth = (x.square().sum(-1, keepdim=True) / 2).exp() / W.shape[0] ** 0.5
    return (growth * torch.cat([angle.cos(), angle.sin()], dim=-1)).to(kind)


def hyperbolic_features(x: Tensor, W: Tensor) -> Tensor:
    """exp(-|x|^2 / 2) [e^{W x}, e^{-W x}] / sqrt(2 m): (..., d), (m, d) to (..., 2 m).

    Raises:
        ValueError: as ``positive_features``.
    """
    _check_features(x, W)
    kind, (x, W) = x.dtype, _wide(x, W)
    y = x @ W.mT - x.square().sum(-1, keepdim=True) / 2
    z = -x @ W.mT - x.square().sum(-1, keepdim=True) / 2
    return (torch.cat([y, z], dim=-1).exp() / (2 * W.shape[0]) ** 0.5).to(kind)
    # --8<-- [end:others]


def _wide(*tensors: Tensor) -> list[Tensor]:
    """The same in float32 at least: an exponent of 16 bits has no digits behind 2^8."""
    return [x.to(torch.promote_types(x.dtype, torch.float32)) for x in tensors]


def _check_features(x: Tensor, W: Tensor) -> None:
    if W.ndim != 2 or 0 in W.shape or 0 in x.shape or x.shape[-1:] != W.shape[1:]:
        shapes = f"{tuple(x.shape)}, {tuple(W.shape)}"
        raise ValueError(f"need x (..., d), W (m, d), no axis empty; got {shapes}")
    if x.dtype != W.dtype or not x.is_floating_point():
        got = f"{x.dtype}, {W.dtype}"
        raise ValueError(f"x and W must have one floating dtype, got {got}")
    if not (x.isfinite().all() and W.isfinite().all()):
        raise ValueError("x and W must be finite, got inf or nan")
