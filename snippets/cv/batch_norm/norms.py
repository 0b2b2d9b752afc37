"""Batch and group norm: the same division, by statistics of other sets of values."""

import numpy as np

from ._checks import (
    _MOST_VARIANCE,
    _along,
    _centred,
    _channels,
    _eps,
    _images,
    _integer,
    _others,
    _several,
    _shaped,
)


# --8<-- [start:statistics]
def batch_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel over the batch and all places.

    Args:
        x: floats, shape (N, C, ...).

    Returns:
        Mean and biased variance (divided by n, not n - 1), float64, shape (C,) each.

    Raises:
        ValueError: x is no such array of finite floats.
    """
    images, _ = _images("x", x)
    centred, mean = _centred(images, _others(images))
    return mean.reshape(-1), np.mean(centred**2, axis=_others(images))
    # --8<-- [end:statistics]


# --8<-- [start:batch]
def batch_norm(
    x: np.ndarray,
    gamma: np.ndarray | None = None,
    beta: np.ndarray | None = None,
    eps: float = 1e-5,
    mean: np.ndarray | None = None,
    var: np.ndarray | None = None,
) -> np.ndarray:
    """Each channel minus its mean, over its standard deviation, times gamma, plus beta.

    Args:
        x: floats, shape (N, C, ...).
        gamma: shape (C,); ones if not given.
        beta: shape (C,); zeros if not given.
        eps: added to the variance, under the root; positive.
        mean: shape (C,), as in evaluation; that of the batch if not given.
        var: shape (C,), not negative; given if and only if ``mean`` is.

    Returns:
        Shape and dtype of ``x``.

    Raises:
        ValueError: an argument is not as said above, or the statistics are to come
            from the batch and a channel has a single value there.
    """
    images, dtype = _images("x", x)
    if (mean is None) != (var is None):
        given, other = ("var", "mean") if mean is None else ("mean", "var")
        raise ValueError(
            f"mean and var must come together, got {given} without {other}"
        )
    if mean is None or var is None:
        _several(images)
        axes = _others(images)
        centred, _ = _centred(images, axes)
        variance = np.mean(centred**2, axis=axes, keepdims=True)
    else:
        shape = (images.shape[1],)
        centred = images - _along(_shaped("mean", mean, shape), images)
        variance = _along(_shaped("var", var, shape, 0, _MOST_VARIANCE), images)
    normed = centred / np.sqrt(variance + _eps(eps))
    scaled = normed * _channels("gamma", gamma, images, 1)
    return (scaled + _channels("beta", beta, images, 0)).astype(dtype)
    # --8<-- [end:batch]


# --8<-- [start:group]
def group_norm(
    x: np.ndarray,
    groups: int,
    gamma: np.ndarray | None = None,
    beta: np.ndarray | None = None,
    eps: float = 1e-5,
) -> np.ndarray:
    """Each group of channels of each sample by its own mean and standard deviation.

    Args:
        x: floats, shape (N, C, ...).
        groups: how many, of C / groups neighbouring channels each; 1 is layer norm
            over all axes but the first, C is instance norm.
        gamma: shape (C,); ones if not given.
        beta: shape (C,); zeros if not given.
        eps: added to the variance, under the root; positive.

    Returns:
        Shape and dtype of ``x``. A group of a single value becomes beta.

    Raises:
        ValueError: an argument is not as said above, or groups does not divide C.
    """
    images, dtype = _images("x", x)
    groups = _integer("groups", groups, 1)
    if images.shape[1] % groups:
        raise ValueError(
            f"groups must divide the {images.shape[1]} channels, got {groups}"
        )
    rows = images.reshape(images.shape[0], groups, -1)
    centred, _ = _centred(rows, (2,))
    variance = np.mean(centred**2, axis=2, keepdims=True)
    normed = (centred / np.sqrt(variance + _eps(eps))).reshape(images.shape)
    scaled = normed * _channels("gamma", gamma, images, 1)
    return (scaled + _channels("beta", beta, images, 0)).astype(dtype)
    # --8<-- [end:group]
