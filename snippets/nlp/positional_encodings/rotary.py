"""RoPE: queries and keys are turned by angles proportional to their positions."""

import numpy as np

from ._checks import _floats, _positions
from .absolute import inverse_frequencies


# --8<-- [start:rope]
def rope(
    x: np.ndarray,
    positions: np.ndarray,
    inv_freq: np.ndarray | None = None,
    layout: str = "interleaved",
) -> np.ndarray:
    """Turn each pair of features of each token by position times frequency.

    Args:
        x: float queries or keys, shape (..., t, d), d even.
        positions: finite numbers, shape (t,).
        inv_freq: radians a position, floats, shape (d/2,); those of
            ``inverse_frequencies(d)`` if not given.
        layout: which features are pair g: ``"interleaved"`` 2g and 2g + 1,
            ``"half"`` g and g + d/2.

    Returns:
        Shape and dtype of ``x``; computed in float64.

    Raises:
        ValueError: x, positions or inv_freq are not such arrays, layout is unknown, or
            a turned feature is too large for the dtype.
    """
    features, dtype = _floats("x", x)
    place = _positions(positions)
    if features.ndim < 2 or features.shape[-2] != len(place):
        raise ValueError(
            f"x must have shape (..., t, d) with t = {len(place)} positions,"
            f" got {features.shape}"
        )
    d = features.shape[-1]
    speeds = inverse_frequencies(d)
    if inv_freq is not None:
        speeds, _ = _floats("inv_freq", inv_freq)
    if speeds.shape != (d // 2,):
        raise ValueError(f"inv_freq must have shape ({d // 2},), got {speeds.shape}")
    if layout not in ("interleaved", "half"):
        raise ValueError(f"layout must be 'interleaved' or 'half', got {layout!r}")

    angles = place[:, None] * speeds  # (t, d/2)
    cos, sin = np.cos(angles), np.sin(angles)
    step = 2 if layout == "interleaved" else 1
    first = slice(0, None if step == 2 else d // 2, step)
    second = slice(1 if step == 2 else d // 2, None, step)
    a, b = features[..., first], features[..., second]
    turned = np.empty_like(features)
    turned[..., first], turned[..., second] = a * cos - b * sin, a * sin + b * cos
    with np.errstate(over="ignore"):
        result = turned.astype(dtype)
    if not np.isfinite(result).all():  # a turn can make one feature larger
        raise ValueError(f"x must hold floats that {dtype} can hold when turned")
    return result
    # --8<-- [end:rope]
