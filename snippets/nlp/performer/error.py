"""Mean squared error of random features for e^{q . k}, in closed form.

Every formula is for m random directions; positive features are then m numbers a token,
trigonometric and hyperbolic ones 2 m. Divided by e^{2 q . k}, the errors depend on the
length of q + k (positive, hyperbolic) or of q - k (trigonometric) alone.

References:
    Choromanski et al., "Rethinking Attention with Performers", ICLR 2021,
    arXiv:2009.14794.
"""

from torch import Tensor


# --8<-- [start:mse]
def mse_positive(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``positive_features``, independent directions.

    Args:
        q, k: shapes (..., d) that broadcast; d alike.
        m: random directions, >= 1.

    Returns:
        Shape (...), e^{2 q . k} (e^{|q + k|^2} - 1) / m.

    Raises:
        ValueError: if d differs, m is not an integer >= 1, or a number is not finite.
    """
    _check(q, k, m)
    kernel = (q * k).sum(-1).exp()
    return kernel**2 * _squared(q + k).expm1() / m


def mse_hyperbolic(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``hyperbolic_features``; arguments as ``mse_positive``."""
    return -(-_squared(q + k)).expm1() / 2 * mse_positive(q, k, m)


def mse_trig(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``trig_features``; arguments as ``mse_positive``."""
    _check(q, k, m)
    growth = (_squared(q) + _squared(k)).exp()
    return growth * (-_squared(q - k)).expm1() ** 2 / (2 * m)
    # --8<-- [end:mse]


# --8<-- [start:orthogonal]
def mse_orthogonal(q: Tensor, k: Tensor, m: int) -> Tensor:
    """Mean squared error of ``positive_features`` on ``gaussian_orthogonal`` rows.

    Arguments, result, and errors as ``mse_positive``.
    """
    independent = mse_positive(q, k, m)
    d = q.shape[-1]
    full, rest = divmod(m, d)
    pairs = full * d * (d - 1) + rest * (rest - 1)  # ordered, inside one block
    s2 = _squared(q + k)
    # E[e^{w . (q + k)} e^{u . (q + k)}] for orthogonal w, u is 1F1(d; d / 2; s2 / 2).
    # Over e^{s2}, its value for independent ones, no term overflows.
    term = total = (-s2).exp()
    n = 0
    while (term > 1e-17 * total).any():
        term = term * s2 / 2 * (d + n) / ((d / 2 + n) * (n + 1))
        total = total + term
        n += 1
    covariance = (2 * (q * k).sum(-1)).exp() * (total - 1)
    return independent + pairs / m**2 * covariance
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
    if features < 1 or features % each:
        need = f"a multiple of {each}, >= 1"
        raise ValueError(f"features of kind {kind} must be {need}, got {features}")
    return features // each


def _squared(x: Tensor) -> Tensor:
    return x.square().sum(-1)


def _check(q: Tensor, k: Tensor, m: int) -> None:
    if 0 in (q.ndim, k.ndim) or q.shape[-1] != k.shape[-1]:
        shapes = f"{tuple(q.shape)}, {tuple(k.shape)}"
        raise ValueError(f"q and k must have the same last axis, got {shapes}")
    if isinstance(m, bool) or not isinstance(m, int) or m < 1:
        raise ValueError(f"m must be an integer >= 1, got {m!r}")
    if not (q.isfinite().all() and k.isfinite().all()):
        raise ValueError("q and k must be finite, got inf or nan")
