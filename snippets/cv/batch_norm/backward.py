"""The gradient of batch norm by hand: mean and variance depend on the input too."""

import numpy as np

from ._checks import _centred, _channels, _eps, _images, _others, _several, _shaped


# --8<-- [start:backward]
def batch_norm_backward(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray | None = None, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a loss by input, gamma and beta of ``batch_norm`` in training.

    Args:
        dy: floats, the gradient by the output, shape (N, C, ...).
        x: floats, the input, shape (N, C, ...).
        gamma: shape (C,); ones if not given.
        eps: as in the forward pass.

    Returns:
        By x, shape (N, C, ...); by gamma and by beta, shape (C,). All have the dtype
        of ``x``.

    Raises:
        ValueError: as in ``batch_norm``, or dy has another shape than x.
    """
    images, dtype = _images("x", x)
    upper = _shaped("dy", dy, images.shape)
    _several(images)
    axes = _others(images)
    centred, _ = _centred(images, axes)
    size = np.sqrt(np.mean(centred**2, axis=axes, keepdims=True) + _eps(eps))
    normed = centred / size
    g = upper * _channels("gamma", gamma, images, 1)
    mean = g.mean(axis=axes, keepdims=True)
    along = (g * normed).mean(axis=axes, keepdims=True)
    dx = (g - mean - normed * along) / size
    dgamma, dbeta = (upper * normed).sum(axis=axes), upper.sum(axis=axes)
    return dx.astype(dtype), dgamma.astype(dtype), dbeta.astype(dtype)
    # --8<-- [end:backward]
