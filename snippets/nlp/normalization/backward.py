"""Gradients of LayerNorm and RMSNorm, by hand: mean and size depend on x too."""

import numpy as np

from ._checks import _centred, _features, _number, _shaped, _size, _vector


# --8<-- [start:layer]
def layer_norm_backward(
    grad: np.ndarray, x: np.ndarray, gain: np.ndarray | None = None, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a loss by input, gain and shift of ``layer_norm``.

    Args:
        grad: floats, the gradient by the output, shape (..., d).
        x: floats, the input, shape (..., d).
        gain: shape (d,); ones if not given.
        eps: as in the forward pass.

    Returns:
        By x, shape (..., d); by gain and by shift, shape (d,), summed over all other
        axes. All have the dtype of ``x``.

    Raises:
        ValueError: as in ``layer_norm``, or grad has another shape than x.
    """
    rows, dtype = _features("x", x)
    upper = _shaped("grad", grad, rows.shape)
    centred = _centred(rows)
    size = _size(centred, _number("eps", eps, 0))
    normed = centred / size
    g = upper * _vector("gain", gain, rows.shape[-1], 1)
    mean = g.mean(axis=-1, keepdims=True)
    along = (g * normed).mean(axis=-1, keepdims=True)
    gx = (g - mean - normed * along) / size
    others = tuple(range(rows.ndim - 1))
    ggain, gshift = (upper * normed).sum(axis=others), upper.sum(axis=others)
    return gx.astype(dtype), ggain.astype(dtype), gshift.astype(dtype)
    # --8<-- [end:layer]


# --8<-- [start:rms]
def rms_norm_backward(
    grad: np.ndarray, x: np.ndarray, gain: np.ndarray | None = None, eps: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of a loss by input and gain of ``rms_norm``.

    Args:
        grad: floats, the gradient by the output, shape (..., d).
        x: floats, the input, shape (..., d).
        gain: shape (d,); ones if not given.
        eps: as in the forward pass.

    Returns:
        By x, shape (..., d); by gain, shape (d,), summed over all other axes. Both
        have the dtype of ``x``.

    Raises:
        ValueError: as in ``rms_norm``, or grad has another shape than x.
    """
    rows, dtype = _features("x", x)
    upper = _shaped("grad", grad, rows.shape)
    size = _size(rows, _number("eps", eps, 0))
    normed = rows / size
    g = upper * _vector("gain", gain, rows.shape[-1], 1)
    gx = (g - normed * (g * normed).mean(axis=-1, keepdims=True)) / size
    ggain = (upper * normed).sum(axis=tuple(range(rows.ndim - 1)))
    return gx.astype(dtype), ggain.astype(dtype)
    # --8<-- [end:rms]
