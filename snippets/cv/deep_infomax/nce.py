"""Noise-contrastive estimation fits an unnormalized density; it bounds no information.

Reference:
    Gutmann, Hyvarinen, "Noise-Contrastive Estimation of Unnormalized Statistical
    Models", JMLR 13, 2012.
"""

import math

from torch import Tensor
from torch.nn.functional import softplus

from ._checks import _in_float32, _integer, _shape


# --8<-- [start:nce]
@_in_float32
def nce_loss(
    log_p: Tensor, log_q: Tensor, noise_log_p: Tensor, noise_log_q: Tensor, k: int
) -> Tensor:
    """Noise-contrastive estimation: logistic regression of data against known noise.

    Args:
        log_p: log of the unnormalized model at the data, shape (N,); a learned
            constant inside it takes the place of -log Z.
        log_q: log of the noise density at the data, shape (N,).
        noise_log_p: log of the model at the noise samples, shape (k N,).
        noise_log_q: log of the noise density there, shape (k N,).
        k: noise samples per datum, >= 1.

    Returns:
        Scalar: cross-entropy summed over one datum and its k noise samples. With k = 1
        it is minus ``jsd_objective`` of the two differences of logarithms.

    Raises:
        ValueError: if ``k`` is no integer >= 1, or the shapes do not fit.
    """
    k = _integer("k", k, 1)
    if log_p.ndim != 1 or log_p.shape != log_q.shape or len(log_p) == 0:
        raise ValueError(
            f"log_p and log_q must both be (N,), N >= 1, got {_shape(log_p)} "
            f"and {_shape(log_q)}"
        )
    if not noise_log_p.shape == noise_log_q.shape == (k * len(log_p),):
        raise ValueError(
            f"noise_log_p and noise_log_q must both be ({k * len(log_p)},), "
            f"got {_shape(noise_log_p)} and {_shape(noise_log_q)}"
        )
    logit = log_p - log_q - math.log(k)  # log odds that a sample is data
    noise_logit = noise_log_p - noise_log_q - math.log(k)
    return softplus(-logit).mean() + k * softplus(noise_logit).mean()
    # --8<-- [end:nce]
