"""LayerNorm and RMSNorm: the features of one token, brought to size 1."""

import numpy as np

from ._checks import _centred, _features, _number, _size, _vector


# --8<-- [start:layer]
def layer_norm(
    x: np.ndarray,
    gain: np.ndarray | None = None,
    shift: np.ndarray | None = None,
    eps: float = 1e-5,
) -> np.ndarray:
    """Each row minus its mean, over its standard deviation, times gain, plus shift.

    Args:
        x: floats, shape (..., d); the last axis is normalized.
        gain: shape (d,); ones if not given.
        shift: shape (d,); zeros if not given.
        eps: added to the variance, under the root; at least 0.

    Returns:
        Shape and dtype of ``x``; computed in float64.

    Raises:
        ValueError: x, gain or shift is not such an array of finite floats, eps is
            negative, or eps is 0 and a row is constant.
    """
    rows, dtype = _features("x", x)
    d = rows.shape[-1]
    centred = _centred(rows)
    normed = centred / _size(centred, _number("eps", eps, 0))
    scaled = normed * _vector("gain", gain, d, 1) + _vector("shift", shift, d, 0)
    return scaled.astype(dtype)
    # --8<-- [end:layer]


# --8<-- [start:rms]
def rms_norm(
    x: np.ndarray, gain: np.ndarray | None = None, eps: float = 1e-6
) -> np.ndarray:
    """Each row over the root of its mean square, times gain: no mean, no shift.

    Args:
        x: floats, shape (..., d); the last axis is normalized.
        gain: shape (d,); ones if not given.
        eps: added to the mean square, under the root; at least 0.

    Returns:
        Shape and dtype of ``x``; computed in float64.

    Raises:
        ValueError: x or gain is not such an array of finite floats, eps is negative,
            or eps is 0 and a row is zero.
    """
    rows, dtype = _features("x", x)
    normed = rows / _size(rows, _number("eps", eps, 0))
    return (normed * _vector("gain", gain, rows.shape[-1], 1)).astype(dtype)
    # --8<-- [end:rms]
