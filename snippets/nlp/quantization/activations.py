"""AWQ: columns that meet large activations get a larger share of the grid."""

import numpy as np

from ._checks import _integer, _numbers
from .grid import dequantize, quantize_absmax


# --8<-- [start:awq]
def awq_search(
    W: np.ndarray,
    X: np.ndarray,
    bits: int = 4,
    group: int | None = None,
    grid: int = 20,
) -> tuple[float, np.ndarray, float]:
    """The power of the mean activation by which columns are scaled before rounding.

    Args:
        W: weights, shape (out, in).
        X: inputs of the layer, shape (rows, in).
        bits: of a code, 2 to 16.
        group: weights of a row that share a scale; all of them if not given.
        grid: how many steps from alpha = 0 to alpha = 1 are tried, 1 to 1000.

    Returns:
        alpha = k / grid; s = a**alpha, shape (in,), where a is the mean size of each
        column of X (of a column of zeros: the smallest other; 1e-12 of the largest at
        least), over the root of
        max(s) min(s); and the mean squared error of X W^T if W is replaced by
        quantized(W s) / s. Of equal errors the smallest alpha.

    Raises:
        ValueError: shapes do not fit, numbers are not finite, bits or group do not fit.
    """
    weights, inputs = _numbers("W", W, 2, 1e70), _numbers("X", X, 2, 1e70)
    if weights.shape[1] != inputs.shape[1]:
        raise ValueError(
            "W and X must have as many columns,"
            f" got shapes {weights.shape} and {inputs.shape}"
        )
    steps = _integer("grid", grid, 1, 1000)
    size = np.abs(inputs).mean(axis=0)
    size = np.where(size > 0, size, size[size > 0].min() if size.any() else 1.0)
    size = np.maximum(size, 1e-12 * size.max())
    axis, found = (1 if group is None else None), []
    for k in range(steps + 1):
        s = size ** (k / steps)
        s = s / np.sqrt(s.max()) / np.sqrt(s.min())
        rounded = dequantize(
            *quantize_absmax(weights * s, bits, axis, group), group=group
        )
        error = np.mean((inputs @ (rounded / s - weights).T) ** 2)
        found.append((float(error), k / steps, s))
    error, alpha, s = min(found, key=lambda one: one[0])
    return alpha, s, error
    # --8<-- [end:awq]
