"""KL divergence from samples of p alone, three ways."""

import numpy as np

from ._checks import _alike, _finite, _numbers


# --8<-- [start:estimators]
def kl_estimators(
    logp: np.ndarray, logq: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three numbers for each sample of p whose means estimate KL(p||q).

    With r = q / p: k1 = -ln r, k2 = (ln r)^2 / 2, k3 = r - 1 - ln r. The mean of k2 is
    another number than the divergence, that of k3 is not where q is 0 wherever p is.

    Args:
        logp: log densities of the samples under p, of any shape, finite.
        logq: the same under q, of the same shape; minus infinity where q is 0.

    Returns:
        k1, k2, k3, of that shape; infinite where float64 does not reach.

    Raises:
        ValueError: if an argument is not allowed.
    """
    logp, logq = _finite("logp", logp), _numbers("logq", logq)
    _alike("logp", logp, "logq", logq)
    if not (logq < np.inf).all():
        raise ValueError(f"logq must be numbers or minus infinity, got {logq}")
    with np.errstate(over="ignore"):
        k1 = logp - logq
        # expm1, since r - 1 would have lost its digits near r = 1; and no inf - inf.
        k3 = np.expm1(-k1) + np.maximum(k1, -1e308)
        return k1, k1**2 / 2, k3
    # --8<-- [end:estimators]
