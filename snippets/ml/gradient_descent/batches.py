"""How far the gradient of a random batch lies from that of all examples."""

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _floats, _integer


# --8<-- [start:variance]
def minibatch_variance(
    per_example: ArrayLike, batch: int, replace: bool = True
) -> float:
    """Mean squared distance of a batch's mean gradient from the mean of all.

    This is the trace of its covariance matrix. Each example is as likely as any other.

    Args:
        per_example: the gradient of each example, shape (N, d).
        batch: examples drawn, B >= 1; at most N without replacement.
        replace: whether one example may be drawn twice.

    Raises:
        ValueError: if an argument is not as above, or numbers are not finite or too
            large for their squares.
    """
    g = _floats("per_example", per_example)
    if g.ndim != 2 or g.size == 0:
        raise ValueError(
            f"per_example must have shape (N, d), not empty, got {g.shape}"
        )
    if not (np.abs(g) < 1e150).all():
        raise ValueError(f"per_example must be finite, below 1e+150 in size, got {g}")
    if not isinstance(replace, bool | np.bool_):
        raise ValueError(f"replace must be True or False, got {replace!r}")
    n, batch = len(g), _integer("batch", batch, 1)
    if not replace and batch > n:
        raise ValueError(f"batch must be <= N = {n} without replacement, got {batch}")
    # Centred first: of large numbers that differ little, squares would keep no digit.
    centred = g - g.mean(axis=0)
    variance = float((centred**2).sum() / n) / batch
    if replace:
        return variance
    return variance * (n - batch) / (n - 1) if n > 1 else 0.0
    # --8<-- [end:variance]
