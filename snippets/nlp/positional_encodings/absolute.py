"""A vector for each position: pairs of features as clock hands of different speed."""

import numpy as np

from ._checks import _base, _even, _positions


# --8<-- [start:frequencies]
def inverse_frequencies(d: int, base: float = 10000.0) -> np.ndarray:
    """Radians by which each pair of features turns from one position to the next.

    They are called so in code since they are the inverse of ``base**(2g/d)``.

    Args:
        d: features, even, at least 2.
        base: above 1; the slowest pair turns by about ``1/base``.

    Returns:
        float64, shape (d/2,), falling from 1.

    Raises:
        ValueError: d is odd or less than 2, or base is not a number above 1.
    """
    d, base = _even("d", d, 2), _base(base)
    return base ** (-2 * np.arange(d // 2) / d)
    # --8<-- [end:frequencies]


# --8<-- [start:sinusoidal]
def sinusoidal(positions: np.ndarray, d: int, base: float = 10000.0) -> np.ndarray:
    """The fixed vectors of the Transformer: sines at even places, cosines at odd ones.

    Args:
        positions: finite numbers, shape (t,).
        d: features, even, at least 2.
        base: above 1.

    Returns:
        float64, shape (t, d).

    Raises:
        ValueError: positions have another shape or are not finite numbers, d is odd or
            less than 2, or base is not a number above 1.
    """
    angles = _positions(positions)[:, None] * inverse_frequencies(d, base)  # (t, d/2)
    pairs = np.stack([np.sin(angles), np.cos(angles)], axis=-1)  # (t, d/2, 2)
    return pairs.reshape(len(angles), d)
    # --8<-- [end:sinusoidal]
