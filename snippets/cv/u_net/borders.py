"""More weight for the background where two objects come close."""

import numpy as np
from numpy import ndarray

from ._checks import array, real


# --8<-- [start:borders]
def border_weights(labels: ndarray, w0: float = 10.0, sigma: float = 5.0) -> ndarray:
    """w0 exp(-(d1 + d2)^2 / (2 sigma^2)) on background, 0 on objects.

    d1 and d2 are the distances to the nearest pixel of the nearest and of the second
    nearest object. With fewer than two objects, all is 0.

    Args:
        labels: integers (h, w): 0 for background, each object its own number.
        w0: the largest weight that is approached.
        sigma: how fast it falls, in pixels.

    Raises:
        ValueError: if labels are no integers >= 0 of that shape, w0 < 0 or sigma <= 0.
    """
    labels = array("labels", labels)
    if labels.ndim != 2 or 0 in labels.shape:
        raise ValueError(f"labels must have shape (h, w), got {labels.shape}")
    if labels.dtype.kind not in "iu" or labels.min() < 0:
        found = f"{labels.min()} of dtype {labels.dtype}"
        raise ValueError(f"labels must be integers >= 0, got {found}")
    w0, sigma = real("w0", w0, 0), real("sigma", sigma, 0, above=True)
    row, column = np.indices(labels.shape)
    near = np.full((2, *labels.shape), np.inf)  # the two smallest distances so far
    for label in np.unique(labels[labels > 0]):
        away = np.full(labels.shape, np.inf)
        for i, j in np.argwhere(labels == label):
            np.minimum(away, (row - i) ** 2 + (column - j) ** 2, out=away)
        near = np.sort([*near, np.sqrt(away)], axis=0)[:2]
    with np.errstate(over="ignore"):  # far away, for a tiny sigma: exp(-inf) = 0
        weights: ndarray = w0 * np.exp(-((near.sum(axis=0) / sigma) ** 2) / 2)
    return np.where(labels == 0, weights, 0.0)
    # --8<-- [end:borders]
