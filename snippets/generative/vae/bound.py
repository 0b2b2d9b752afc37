"""A tighter bound from several draws."""

import numpy as np

from ._checks import _numbers


# --8<-- [start:bound]
def importance_bound(log_w: np.ndarray) -> np.ndarray:
    """Logarithm of the mean of K weights p(x, z) / q(z), z drawn from q.

    Its expectation is at most ln p(x); with K = 1 it is the ELBO.

    Args:
        log_w: logarithms of the weights, shape (..., K), K >= 1; -inf is a weight of 0.

    Returns:
        Shape (...).

    Raises:
        ValueError: if K is 0, or a number is NaN or +inf.
    """
    log_w = _numbers("log_w", log_w)
    if log_w.ndim == 0 or log_w.shape[-1] == 0:
        raise ValueError(f"log_w must have shape (..., K), K >= 1, got {log_w.shape}")
    if not (log_w < np.inf).all():  # NaN is not either
        raise ValueError("log_w must hold numbers or -inf, got NaN or +inf")
    top = log_w.max(axis=-1, keepdims=True)
    shift = np.where(top == -np.inf, 0.0, top)  # -inf less -inf is NaN
    with np.errstate(divide="ignore", over="ignore"):  # 0 is right far below the top
        return np.log(np.exp(log_w - shift).mean(axis=-1)) + shift[..., 0]
    # --8<-- [end:bound]
