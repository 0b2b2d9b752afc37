"""Winograd's F(2, 3): two outputs of a three-tap kernel with four products, not six."""

import numpy as np

from ._checks import floats, wide


# --8<-- [start:winograd]
def winograd_f23(d: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Two neighbouring outputs: d[i] g[0] + d[i + 1] g[1] + d[i + 2] g[2], i = 0, 1.

    Args:
        d: four inputs on the last axis, shape (..., 4).
        g: three taps, of the dtype of d; shape (3,) for all d, or (..., 3) with one g
            for each d.

    Returns:
        Shape (..., 2), of the dtype of d. Sums of inputs are rounded, too: a small
        input beside a large one may be lost, and an infinite one may give NaN.

    Raises:
        ValueError: if shapes or dtypes are not as above.
    """
    d, g = _last_axis("d", d, 4), _last_axis("g", g, 3)
    if d.dtype != g.dtype:
        raise ValueError(f"d and g must have one dtype, got {d.dtype} and {g.dtype}")
    if g.ndim > 1 and g.shape[:-1] != d.shape[:-1]:
        raise ValueError(
            f"g must have shape (3,) or {(*d.shape[:-1], 3)}, got {g.shape}"
        )
    d0, d1, d2, d3 = np.moveaxis(wide(d), -1, 0)
    g0, g1, g2 = np.moveaxis(wide(g), -1, 0)
    m0 = (d0 - d2) * g0
    m1 = (d1 + d2) * ((g0 + g1 + g2) / 2)  # of g alone: once for a whole image
    m2 = (d2 - d1) * ((g0 - g1 + g2) / 2)
    m3 = (d1 - d3) * g2
    return np.stack([m0 + m1 + m2, m1 - m2 - m3], axis=-1).astype(d.dtype)
    # --8<-- [end:winograd]


def _last_axis(name: str, values: np.ndarray, length: int) -> np.ndarray:
    found = floats(name, values)
    if found.ndim == 0 or found.shape[-1] != length:
        raise ValueError(f"{name} must have shape (..., {length}), got {found.shape}")
    return found
