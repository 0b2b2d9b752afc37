"""Random rotations and reflections, and what fits of them into a rectangle."""

import math
from collections.abc import Iterable

import numpy as np

from .weights import _gain, _sizes


# --8<-- [start:orthogonal]
def orthogonal(
    shape: Iterable[int], rng: np.random.Generator, gain: float = 1.0
) -> np.ndarray:
    """Weights that keep lengths: orthonormal rows or columns, no direction preferred.

    Args:
        shape: (outputs, inputs, *kernel); all axes but the first count as one.
        rng: the generator.
        gain: factor, finite and at least 0.

    Returns:
        float64, of the shape: gain times a matrix with orthonormal rows if there are
        at most as many of them as columns, else with orthonormal columns; Haar
        distributed, as Mezzadri 2007 makes it.

    Raises:
        ValueError: if the shape has fewer than two axes or an empty one, or the gain is
            negative or not finite.
    """
    sizes, factor = _sizes(shape), _gain(gain)
    rows, columns = sizes[0], math.prod(sizes[1:])
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(tall)
    # LAPACK's own choice of signs depends on the draw; with R's diagonal positive the
    # factorization is unique, and Q turns as the normal numbers would.
    Q = Q * np.where(np.diag(R) < 0, -1.0, 1.0)
    return factor * (Q if rows >= columns else Q.T).reshape(sizes)
    # --8<-- [end:orthogonal]
