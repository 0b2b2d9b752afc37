"""Mutual information by contrast: score true pairs high and shuffled pairs low.

A critic T(x, y) sees true pairs (from P, the joint distribution) and shuffled pairs
(from Q, the product of the marginals). DV, NWJ and InfoNCE turn its scores into a lower
bound on I(X; Y) = KL(P || Q); the JSD objective of Deep InfoMax trains the same critic
but its value is no estimate of I. NCE, the older method with a similar name, fits an
unnormalized density. All logarithms are natural, so information is in nats.

References:
    Hjelm et al., "Learning deep representations by mutual information estimation and
    maximization", ICLR 2019, arXiv:1808.06670.
    Poole et al., "On Variational Bounds of Mutual Information", ICML 2019,
    arXiv:1905.06922.
    van den Oord, Li, Vinyals, "Representation Learning with Contrastive Predictive
    Coding", 2018, arXiv:1807.03748.
    Gutmann, Hyvarinen, "Noise-Contrastive Estimation of Unnormalized Statistical
    Models", JMLR 13, 2012.
"""

from .bounds import dv, infonce, jsd_objective, nwj
from .gaussian import gaussian_mi, gaussian_pairs, optimal_critic
from .local import LocalDIM, local_dim_loss
from .nce import nce_loss
from .training import centroid_accuracy, fit, pca_codes, toy_patches

__all__ = [
    "LocalDIM",
    "centroid_accuracy",
    "dv",
    "fit",
    "gaussian_mi",
    "gaussian_pairs",
    "infonce",
    "jsd_objective",
    "local_dim_loss",
    "nce_loss",
    "nwj",
    "optimal_critic",
    "pca_codes",
    "toy_patches",
]
