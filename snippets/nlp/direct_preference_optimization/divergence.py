"""How far the policy is from the reference, estimated from samples.

Reference:
    Schulman, "Approximating KL Divergence", joschu.net/blog/kl-approx.html, 2020.
"""

import torch
from torch import Tensor

from ._checks import _wide


# --8<-- [start:kl]
def kl_estimators(logp: Tensor, logq: Tensor) -> tuple[Tensor, Tensor]:
    """Two unbiased estimates of KL(p || q) from each sample drawn from p.

    As values, that is: neither estimate's gradient is the gradient of KL(p || q) in
    expectation.

    Args:
        logp, logq: log-probabilities of the samples under p and q, the same shape.

    Returns:
        ``k1``, of either sign, and ``k3``, never negative, in the shape of ``logp``
        and at least in float32.

    Raises:
        ValueError: if the shapes differ or the dtypes are not floating.
    """
    if logp.shape != logq.shape or not (
        logp.is_floating_point() and logq.is_floating_point()
    ):
        got = f"{tuple(logp.shape)} {logp.dtype}, {tuple(logq.shape)} {logq.dtype}"
        raise ValueError(f"logp and logq must be floating, of one shape, got {got}")
    logp, logq = _wide(logp, logq)
    log_r = logq - logp
    return -log_r, torch.expm1(
        log_r
    ) - log_r  # exp - 1 would lose more where p and q are close
    # --8<-- [end:kl]
