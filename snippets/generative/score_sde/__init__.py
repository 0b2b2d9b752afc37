"""Diffusion in continuous time: dx = f dt + g dw makes noise of data, and its score,
the gradient of the log density, is all that the way back needs.

Time t runs from 0 (data) to 1 (noise). Given x_0, x_t is normal with mean m x_0 and
standard deviation s in every coordinate; ``marginal`` gives (m, s). Shapes: n points, d
coordinates, k mixture components; points are (n, d), a time is a number or (n, 1).

References:
    Song et al., "Score-Based Generative Modeling through Stochastic Differential
    Equations", 2021, arXiv:2011.13456.
"""

from .likelihood import ode_log_likelihood
from .mixture import gmm_log_prob, gmm_sample, gmm_score
from .sampling import (
    SDE,
    Score,
    probability_flow,
    probability_flow_sample,
    reverse_sde_sample,
)
from .sde import VESDE, VPSDE
from .training import (
    EpsilonNet,
    dsm_loss,
    fit,
    score_from_eps,
    score_from_v,
    score_from_x0,
)

__all__ = [
    "SDE",
    "VESDE",
    "VPSDE",
    "EpsilonNet",
    "Score",
    "dsm_loss",
    "fit",
    "gmm_log_prob",
    "gmm_sample",
    "gmm_score",
    "ode_log_likelihood",
    "probability_flow",
    "probability_flow_sample",
    "reverse_sde_sample",
    "score_from_eps",
    "score_from_v",
    "score_from_x0",
]
