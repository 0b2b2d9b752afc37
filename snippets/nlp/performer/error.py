"""Mean squared error of random features for e^{q . k}, in closed form.

Every formula is for m random directions; positive features are then m numbers a token,
trigonometric and hyperbolic ones 2 m. Divided by e^{2 q . k}, the errors depend on the
length of q + k (positive, hyperbolic) or of q - k (trigonometric) alone.

References:
    Choromanski et al., "Rethinking Attention with Performers", ICLR 2021,
    arXiv:2009.14794.
"""

import torch
from torch import Tensor

from ._checks import _integer


# --8<-- [start:mse]
def mse_positive(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``positive_features``, independent directions.

    Args:
        q, k: shapes (..., d) that broadcast; d alike.
        m: random directions, >= 1.

    Returns:
        Shape (...), e^{2 q . k} (e^{|q + k|^2} - 1) / m.

    Raises:
        ValueError: if the shapes do not fit, a type is not floating, m is not an
            integer >= 1, or a number is not finite.
    """
    kind, (q, k, m) = q.dtype, _checked(q, k, m)
    s2 = _squared(q + k)
    # One exponential: of two, one may be 0 and the other infinite.
    growth = (2 * (q * k).sum(-1) + s2).exp()
    return (growth * -(-s2).expm1() / m).to(kind)


def mse_hyperbolic(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``hyperbolic_features``; arguments as ``mse_positive``."""
    kind, (q, k, m) = q.dtype, _checked(q, k, m)
    s2 = _squared(q + k)
    growth = (2 * (q * k).sum(-1) + s2).exp()
    return (growth * (-s2).expm1() ** 2 / (2 * m)).to(kind)


def mse_trig(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``trig_features``; arguments as ``mse_positive``."""
    kind, (q, k, m) = q.dtype, _checked(q, k, m)
    share = (-_squared(q - k)).expm1() ** 2 / (2 * m)
    growth = (_squared(q) + _squared(k)).exp()
    return (growth.masked_fill(share == 0, 0) * share).to(kind)
    # --8<-- [end:mse]


# --8<-- [start:orthogonal]
def mse_orthogonal(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``positive_features`` on ``gaussian_orthogonal`` rows.

    Arguments, result, and errors as ``mse_positive``.
    """
    kind, (q, k, m) = q.dtype, _checked(q, k, m)
    independent = mse_positive(q, k, m)
    d = q.shape[-1]
    full, rest = divmod(m, d)
    pairs = full * d * (d - 1) + rest * (rest - 1)  # ordered, inside one block
    s2 = _squared(q + k)
    # E[e^{w . (q + k)} e^{u . (q + k)}] for orthogonal w, u is 1F1(d; d / 2; s2 / 2).
    # Over e^{s2}, and less 1 for independent ones: a mean of ratio - 1 over a Poisson
    # distribution. No term is positive, so none cancels; past s2 = 746 all are 0.
    term, ratio = (-s2).exp(), 1.0
    total = torch.zeros_like(s2)
    for n in range(2000):
        total = total + term * (ratio - 1)
        if ((term <= 1e-17 * total.abs()) & (n > s2.clamp(max=746))).all():
            break
        term = term * s2 / (n + 1)
        ratio *= (d + n) / (d + 2 * n)
    covariance = (2 * (q * k).sum(-1)).exp() * total
    # Where the first part is infinite the second, always smaller, may be too.
    both = independent + (pairs / m**2 * covariance).where(independent.isfinite(), 0)
    return both.to(kind)
    # --8<-- [end:orthogonal]


def directions_for(kind: str, features: int) -> int:
    """Random directions that make ``features`` numbers a token.

    Args:
        kind: "positive" (one number a direction), "trig", or "hyperbolic" (two).
        features: >= 1, and even where a direction makes two.

    Raises:
        ValueError: if ``kind`` is unknown, or ``features`` is too small or odd.
    """
    each = {"positive": 1, "trig": 2, "hyperbolic": 2}.get(kind)
    if each is None:
        raise ValueError(f"kind must be positive, trig, or hyperbolic, got {kind!r}")
    features = _integer("features", features, 1)
    if features % each:
        need = f"a multiple of {each}, >= 1"
        raise ValueError(f"features of kind {kind} must be {need}, got {features}")
    return features // each


def _squared(x: Tensor) -> Tensor:
    return x.square().sum(-1)


def _checked(q: Tensor, k: Tensor, m: int) -> tuple[Tensor, Tensor, int]:
    """The same in float32 at least."""
    if 0 in (q.ndim, k.ndim) or q.shape[-1] != k.shape[-1]:
        shapes = f"{tuple(q.shape)}, {tuple(k.shape)}"
        raise ValueError(f"q and k must have the same last axis, got {shapes}")
    if q.shape[-1] == 0:
        shapes = f"{tuple(q.shape)}, {tuple(k.shape)}"
        raise ValueError(f"the last axis must not be empty, got {shapes}")
    try:
        torch.broadcast_shapes(q.shape, k.shape)
    except RuntimeError:
        shapes = f"{tuple(q.shape)}, {tuple(k.shape)}"
        raise ValueError(f"q and k must broadcast, got {shapes}") from None
    if q.dtype != k.dtype or not q.is_floating_point():
        raise ValueError(f"need one float type, got {q.dtype}, {k.dtype}")
    m = _integer("m", m, 1)
    if not (q.isfinite().all() and k.isfinite().all()):
        raise ValueError("q and k must be finite, got inf or nan")
    wide = torch.promote_types(q.dtype, torch.float32)
    return q.to(wide), k.to(wide), m
