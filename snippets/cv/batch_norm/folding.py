"""Folding: in evaluation batch norm is a factor and a shift, which weights can hold."""

import numpy as np

from ._checks import _MOST_VARIANCE, _eps, _floats, _shaped


# --8<-- [start:fold]
def fold(
    w: np.ndarray,
    bias: np.ndarray | None,
    mean: np.ndarray,
    var: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of a layer that does what it and the batch norm behind it did.

    Args:
        w: floats, shape (C, ...), the output channels first; not that of a transposed
            convolution, which has them second.
        bias: shape (C,), or None.
        mean: running mean, shape (C,).
        var: running variance, shape (C,), not negative.
        gamma: shape (C,).
        beta: shape (C,).
        eps: as in the norm; positive.

    Returns:
        Weights, shape (C, ...), and bias, shape (C,), with the dtype of ``w``.

    Raises:
        ValueError: an argument is not as said above.
    """
    weights, dtype = _floats("w", w)
    if weights.ndim < 1 or weights.size == 0:
        raise ValueError(
            f"w must have shape (C, ...) with no empty axis, got shape {weights.shape}"
        )
    shape = weights.shape[:1]
    variance = _shaped("var", var, shape, 0, _MOST_VARIANCE)
    factor = _shaped("gamma", gamma, shape) / np.sqrt(variance + _eps(eps))
    old = np.zeros(shape) if bias is None else _shaped("bias", bias, shape)
    shift = (old - _shaped("mean", mean, shape)) * factor + _shaped("beta", beta, shape)
    folded = weights * factor.reshape(-1, *(1,) * (weights.ndim - 1))
    return folded.astype(dtype), shift.astype(dtype)
    # --8<-- [end:fold]
