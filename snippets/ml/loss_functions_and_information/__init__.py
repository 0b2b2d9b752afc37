"""A loss is a question: what it asks for is what minimises its mean.

Distributions are arrays of any shape whose entries sum to 1; logs are natural unless a
base is given. The order of arguments is that of KL(p||q): p is what happens, q what is
predicted.

Sources: Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x; Kullback and Leibler
1951, doi:10.1214/aoms/1177729694; Gneiting and Raftery 2007,
doi:10.1198/016214506000001437; Lin et al. 2017, arXiv:1708.02002, for the focal loss.
"""

from .estimators import kl_estimators
from .information import (
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
)
from .losses import brier_score, focal_loss, focal_minimiser, pinball_loss
from .modes import divergences, forward_fit, reverse_fit

__all__ = [
    "brier_score",
    "cross_entropy",
    "divergences",
    "entropy",
    "focal_loss",
    "focal_minimiser",
    "forward_fit",
    "js_divergence",
    "kl_divergence",
    "kl_estimators",
    "mutual_information",
    "pinball_loss",
    "reverse_fit",
]
