"""Softmax and cross-entropy in one: loss and gradient from the logits."""

import numpy as np

from ._checks import _numbers


# --8<-- [start:loss]
def softmax_cross_entropy(
    logits: np.ndarray, y: np.ndarray
) -> tuple[float, np.ndarray]:
    """Mean of -log p_y over the rows, and its gradient (p - e_y) / n in the logits.

    Args:
        logits: shape (n, K), n and K at least 1.
        y: labels 0 to K - 1, shape (n,).

    Raises:
        ValueError: if the batch is empty, shapes differ or a label is out of range.
    """
    Z = _numbers("logits", logits)
    if Z.ndim != 2 or 0 in Z.shape:
        raise ValueError(f"logits must have shape (n, K), not empty, got {Z.shape}")
    n, K = Z.shape
    right = np.arange(n), _labels(y, n, K)
    Z = Z - Z.max(1, keepdims=True)  # the largest is 0: exp cannot overflow
    log_p = Z - np.log(np.exp(Z).sum(1, keepdims=True))
    dZ = np.exp(log_p)
    dZ[right] = 0
    dZ[right] = 0 - dZ.sum(1)  # p_y - 1 without its cancellation
    return float(0 - log_p[right].mean()), dZ / n
    # --8<-- [end:loss]


def _labels(y: np.ndarray, n: int, K: int) -> np.ndarray:
    values = _numbers("y", y)
    if values.shape != (n,):
        raise ValueError(f"y must have shape ({n},), got {values.shape}")
    if not np.isin(values, np.arange(K)).all():
        raise ValueError(f"y must be integers in 0..{K - 1}, got {values}")
    return values.astype(int)
