"""GPTQ: round a column, and let the columns to come repair the output."""

import numpy as np

from ._checks import _integer, _numbers, _real
from .grid import quantize_absmax


# --8<-- [start:gptq]
def gptq(W: np.ndarray, H: np.ndarray, bits: int = 4, damp: float = 0.01) -> np.ndarray:
    """Weights on a grid per row, chosen column by column to keep the layer's output.

    Args:
        W: weights, shape (out, in).
        H: X^T X of the layer's inputs X (rows, in), or a multiple; shape (in, in),
            symmetric but for a millionth of its largest entry.
        bits: of a code, 2 to 16.
        damp: what is added to the diagonal of ``H``, as a share of its mean; 0 to 1.

    Returns:
        Dequantized weights, float64, shape (out, in). The grids are those that
        ``quantize_absmax(W, bits, axis=1)`` takes from the original weights.

    Raises:
        ValueError: shapes do not fit, numbers are not finite, bits or damp are out of
            range, H is not symmetric or not positive definite after damping.
    """
    rest, hessian = _numbers("W", W, 2), _numbers("H", H, 2)
    n = rest.shape[1]
    if hessian.shape != (n, n):
        raise ValueError(f"H must have shape {(n, n)}, got {hessian.shape}")
    if np.abs(hessian - hessian.T).max() > 1e-6 * np.abs(hessian).max():
        raise ValueError("H must be symmetric, got one that is not")
    top = 2 ** (_integer("bits", bits, 2, 16) - 1) - 1
    size = np.trace(hessian) / n
    try:
        if not size > 0:
            raise np.linalg.LinAlgError
        damped = hessian / size + _real("damp", damp, 0, 1, ends=True) * np.eye(n)
        # inv alone may not notice that it is singular.
        np.linalg.cholesky(damped)
        upper = np.linalg.cholesky(np.linalg.inv(damped)).T
    except np.linalg.LinAlgError as error:
        raise ValueError(
            f"H must be positive definite after damping, got damp {damp!r}"
        ) from error
    scale = quantize_absmax(rest, bits, axis=1)[1][:, 0]
    Q = np.zeros_like(rest)
    for j in range(n):
        Q[:, j] = scale * np.clip(np.rint(rest[:, j] / scale), -top, top)
        error = (rest[:, j] - Q[:, j]) / upper[j, j]
        rest[:, j + 1 :] -= np.outer(error, upper[j, j + 1 :])
    return Q
    # --8<-- [end:gptq]
