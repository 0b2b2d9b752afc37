"""Sigmoid and softmax that neither overflow nor lose the digits of small results."""

import numpy as np

from ._checks import _finite, _integer, _numbers


# --8<-- [start:stable]
def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), of logits of any shape; the same shape, float64.

    Raises:
        ValueError: if ``z`` are no numbers, or NaN.
    """
    z = _numbers("z", z)
    if np.isnan(z).any():
        raise ValueError(f"z must be numbers, got {z}")
    small = np.exp(-np.abs(z))  # of minus the size: cannot overflow
    return np.where(z >= 0, 1.0, small) / (1 + small)


def log_softmax(Z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Logarithms of the softmax along an axis; the shape of ``Z``, float64.

    Args:
        Z: logits, finite, with at least one entry along ``axis``.
        axis: that of the classes.

    Raises:
        ValueError: if ``Z`` or ``axis`` is not allowed.
    """
    Z = _finite("Z", Z)
    axis = _integer("axis", axis, -max(Z.ndim, 1))
    if Z.ndim == 0 or axis >= Z.ndim or Z.shape[axis] == 0:
        raise ValueError(f"Z must have entries along axis {axis}, got {Z.shape}")
    Z = Z - Z.max(axis, keepdims=True)  # the largest is 0, the others below
    return Z - np.log(np.exp(Z).sum(axis, keepdims=True))
    # --8<-- [end:stable]
