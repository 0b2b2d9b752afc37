"""Gradient clipping by the global norm: a bound on the step, in the same direction.

PyTorch's ``clip_grad_norm_`` divides by the norm plus 1e-6, here by the norm itself.

Source: Pascanu, Mikolov, Bengio 2013, arXiv:1211.5063.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _array, _number


# --8<-- [start:clip]
def clip_by_norm(
    grads: Sequence[ArrayLike], max_norm: float
) -> tuple[list[np.ndarray], float]:
    """Gradients scaled by one number, so that together they are at most max_norm long.

    Args:
        grads: arrays of any shapes, seen as one long vector.
        max_norm: the bound, >= 0.

    Returns:
        new arrays, and the norm before.

    Raises:
        ValueError: if an entry or the norm is not finite, or max_norm negative.
    """
    most = np.finfo(float).max
    arrays = [_array("grads", g, largest=most) for g in grads]
    bound = _number("max_norm", max_norm)
    largest = max((float(np.abs(g).max(initial=0)) for g in arrays), default=0.0)
    if largest == 0:
        return arrays, 0.0
    # Squares of huge numbers overflow and of tiny ones vanish: divide first.
    scaled = [g / largest for g in arrays]
    length = float(np.sqrt(sum(np.sum(g * g) for g in scaled)))
    if largest > most / length:
        raise ValueError(f"the norm must be finite, got {length:g} times {largest:g}")
    norm = largest * length
    if norm > bound:
        arrays = [g / length * bound for g in scaled]
    return arrays, norm
    # --8<-- [end:clip]
